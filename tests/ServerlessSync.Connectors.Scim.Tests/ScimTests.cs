using System.Net.Http.Json;
using System.Text.Json;
using ServerlessSync.Connectors.Http;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Servers;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

/// <summary>What the tests on the real server share: a connector whose answers can be lost, and a native view.</summary>
[Collection("scim")]
public abstract class ScimTests : IDisposable
{
    protected static readonly CancellationToken None = CancellationToken.None;
    protected static readonly WriteContext Context = new("test");

    static int _marks;

    protected ScimTests(ScimTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Server = target.Server;
        Wire = new LostReplyHandler(ConnectorHandlers.Create());
        Connector = new ScimConnector(Options, Wire, TimeProvider.System);
        Native = Server.NativeClient();
    }

    protected ScimServer Server { get; }

    protected LostReplyHandler Wire { get; }

    protected ScimConnector Connector { get; }

    protected HttpClient Native { get; }

    protected ScimOptions Options => new()
    {
        Id = "saas",
        BaseUrl = Server.BaseUrl,
        Token = _ => ValueTask.FromResult(Server.Token),
    };

    public void Dispose()
    {
        Connector.Dispose();
        Wire.Dispose();
        Native.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static string NewMark() => $"mark-{Interlocked.Increment(ref _marks)}";

    protected static AccountCreation Creation(string mark, params (string Name, string Value)[] attributes) =>
        new(mark, $"{mark}@example.com", attributes.ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal));

    /// <summary>An account of ours, as a reference.</summary>
    protected async Task<AccountReference> NewAccount(params (string Name, string Value)[] attributes)
    {
        var mark = NewMark();
        var made = await Connector.CreateAsync(Creation(mark, attributes), Context, None);
        return new AccountReference(made.Key!, mark);
    }

    /// <summary>An account made by somebody else.</summary>
    protected async Task<string> NewForeignAccount(string userName)
    {
        var user = new { schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:User" }, userName, active = true };
        using var response = await Native.PostAsJsonAsync("Users", user);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    protected async Task<string> NewGroup(string displayName)
    {
        var group = new { schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:Group" }, displayName };
        using var response = await Native.PostAsJsonAsync("Groups", group);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    protected Task<JsonElement> NativeUser(string key) => Native.GetFromJsonAsync<JsonElement>($"Users/{key}");

    /// <summary>What really happened to one user, in order.</summary>
    protected IReadOnlyList<string> EffectsOn(string key) =>
        [.. Server.ReadEffects().Where(e => e.User == key).Select(e => e.Group is null ? e.Effect : $"{e.Effect} {e.Group}")];
}
