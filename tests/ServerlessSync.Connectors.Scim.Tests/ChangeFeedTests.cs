using System.Net;
using ServerlessSync.TestKit;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

public sealed class ChangeFeedTests(ScimTarget target) : ScimTests(target)
{
    [Fact]
    public async Task Accounts_changed_since_come_as_they_are_now_and_deleted_ones_do_not_come()
    {
        var early = await NewAccount();
        var gone = await NewAccount();
        using var connector = new ScimConnector(Options with { ClockSkew = TimeSpan.Zero, PageSize = 4 }, Wire, TimeProvider.System);
        var begin = await connector.ReadChangesAsync(cursor: null, None);
        (begin.Items.Count, begin.More, begin.ReadEverything).ShouldBe((0, false, null));

        var made = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            made.Add((await NewAccount()).Key);
        }

        await Connector.SetActiveAsync(early, active: false, Context, None);
        await Connector.DeleteAsync(gone, Context, None);
        var (changed, cursor) = await FollowAsync(connector, begin.Cursor!);

        changed.Select(a => a.Key).ShouldBe([early.Key, .. made], ignoreOrder: true);
        changed.Single(a => a.Key == early.Key).Active.ShouldBeFalse();

        var last = await NewAccount();
        var (again, _) = await FollowAsync(connector, cursor);
        again.Select(a => a.Key).ShouldContain(last.Key);
        again.Count.ShouldBeLessThan(4);
    }

    [Theory]
    [InlineData("""{"filter":{"supported":false}}""", """{"totalResults":0}""")]
    [InlineData("{}", """{"totalResults":0}""")]
    [InlineData(null, """{"totalResults":0}""")]
    [InlineData("""{"filter":{"supported":true}}""", """{"totalResults":1,"Resources":[{"id":"u","userName":"u","meta":{"lastModified":"2001-01-01T00:00:00Z"}}]}""")]
    [InlineData("""{"filter":{"supported":true}}""", """{"totalResults":1,"Resources":[{"id":"u","userName":"u"}]}""")]
    [InlineData("""{"filter":{"supported":true}}""", null)]
    [InlineData("""{"filter":{"supported":true}}""", """{"totalResults":7}""")]
    public async Task What_a_service_cannot_tell_must_be_read_whole(string? config, string? users)
    {
        using var stub = new StubHandler(request =>
            (request.RequestUri!.AbsolutePath.EndsWith("Config", StringComparison.Ordinal) ? config : users) is { } body
                ? StubHandler.Json(body)
                : new HttpResponseMessage(config is null ? HttpStatusCode.NotFound : HttpStatusCode.BadRequest));
        using var connector = new ScimConnector(Options, stub, TimeProvider.System);
        var begin = await connector.ReadChangesAsync(cursor: null, None);

        var changes = begin.Cursor is null ? begin : await connector.ReadChangesAsync(begin.Cursor, None);

        changes.ReadEverything.ShouldNotBeNullOrEmpty();
        (changes.Cursor, changes.Items.Count).ShouldBe((null, 0));
    }

    [Fact]
    public async Task A_cursor_that_is_none_means_read_everything() =>
        (await Connector.ReadChangesAsync("forgotten", None)).ReadEverything.ShouldNotBeNull();

    static async Task<(IReadOnlyList<TargetAccount> Changed, string Cursor)> FollowAsync(ScimConnector connector, string cursor)
    {
        var changed = new List<TargetAccount>();
        ChangePage page;
        do
        {
            page = await connector.ReadChangesAsync(cursor, None);
            changed.AddRange(page.Items);
            cursor = page.Cursor.ShouldNotBeNull();
        }
        while (page.More);

        return (changed, cursor);
    }
}
