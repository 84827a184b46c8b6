using System.Net;
using ServerlessSync.Web.Intake;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Host;

/// <summary>Tests with a host of their own.</summary>
public abstract class WebTest : IAsyncLifetime
{
    private protected WebHost _host = null!;

    public virtual async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    /// <summary>The first webhook of a test, refused as no JSON, counted as such and not stored.</summary>
    private protected async Task MalformedAsync(byte[] body)
    {
        var problem = await (await _host.SendAsync(body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "malformed");
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        _host.Counters.Refused("hr", RefusalReason.Malformed).ShouldBe(1);
        _host.Inbox.Events.ShouldBeEmpty();
    }
}
