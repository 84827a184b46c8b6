using System.Net;
using System.Web;
using ServerlessSync.TestKit;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

/// <summary>A service that pages by cursor (RFC 9865).</summary>
public sealed class CursorTests
{
    const string Offered = """{"pagination":{"cursor":true,"index":true}}""";

    [Fact]
    public async Task Pages_follow_the_services_cursor()
    {
        var (read, asked) = await ReadAsync(new Dictionary<string, string>
        {
            [""] = Page("a", "n+1/="),
            ["n+1/="] = Page(null, "n2"),
            ["n2"] = Page("c", null),
        });

        read.ShouldBe(["a", "c"]);
        asked.ShouldAllBe(a => !a.Contains("startIndex"));
    }

    [Theory]
    [InlineData("same")]
    [InlineData("expired")]
    public async Task A_cursor_that_does_not_lead_on_ends_the_read(string next) =>
        (await Should.ThrowAsync<ConnectorException>(() => ReadAsync(new Dictionary<string, string>
        {
            [""] = Page("a", next),
            ["same"] = Page("a", "same"),
        }))).Kind.ShouldBe(FailureKind.Incomplete);

    [Fact]
    public async Task Nothing_of_something_is_no_list() =>
        (await Should.ThrowAsync<ConnectorException>(() => ReadAsync(new Dictionary<string, string> { [""] = """{"totalResults":5}""" })))
            .Kind.ShouldBe(FailureKind.Incomplete);

    static string Page(string? user, string? next) =>
        $$"""{"Resources":[{{(user is null ? "" : $$"""{"id":"{{user}}","userName":"{{user}}"}""")}}]{{(next is null ? "" : $",\"nextCursor\":\"{next}\"")}}}""";

    static async Task<(IReadOnlyList<string> Read, IReadOnlyList<string> Asked)> ReadAsync(Dictionary<string, string> pages)
    {
        using var stub = new StubHandler(request => request.RequestUri!.AbsolutePath.EndsWith("/ServiceProviderConfig", StringComparison.Ordinal)
            ? StubHandler.Json(Offered)
            : pages.TryGetValue(HttpUtility.ParseQueryString(request.RequestUri.Query)["cursor"]!, out var page)
                ? StubHandler.Json(page)
                : new HttpResponseMessage(HttpStatusCode.BadRequest));
        using var connector = new ScimConnector(GroupService.Options, stub, TimeProvider.System);
        var read = await AllPages.ReadAsync(connector.ReadPageAsync);
        return ([.. read.Select(a => a.Key)], stub.Asked);
    }
}
