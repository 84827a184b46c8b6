using System.Globalization;
using System.Web;
using ServerlessSync.TestKit;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

/// <summary>From when on changes are told again, whatever times the service gives.</summary>
public sealed class ChangeFeedPlaceTests : IDisposable
{
    const string Config = """{"filter":{"supported":true}}""";

    static readonly DateTimeOffset Begin = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    readonly FakeTimeProvider _clock = new(Begin);
    readonly SortedDictionary<string, DateTimeOffset> _users = new(StringComparer.Ordinal);
    readonly StubHandler _service;
    readonly ScimConnector _connector;

    public ChangeFeedPlaceTests()
    {
        _service = new StubHandler(request => StubHandler.Json(request.RequestUri!.AbsolutePath.EndsWith("Config", StringComparison.Ordinal) ? Config : List(request.RequestUri)));
        var options = new ScimOptions { Id = "saas", BaseUrl = new Uri("http://saas.example"), Token = _ => ValueTask.FromResult("token"), PageSize = 4 };
        _connector = new ScimConnector(options, _service, _clock);
    }

    [Fact]
    public async Task Who_comes_in_before_the_place_while_later_changes_are_read_is_told_by_the_next_list()
    {
        var place = (await _connector.ReadChangesAsync(cursor: null, CancellationToken.None)).Cursor!;
        Change([.. "bcdefghi".Select(c => c.ToString())]);
        var page = await _connector.ReadChangesAsync(place, CancellationToken.None);
        page.More.ShouldBeTrue();

        _clock.Advance(TimeSpan.FromMinutes(1));
        Change("a");
        _clock.Advance(TimeSpan.FromMinutes(1));
        Change("h");
        var (told, next) = await FollowAsync(page.Cursor!);
        told.ShouldContain("h");
        told.ShouldNotContain("a", "it stands before the place");

        _clock.Advance(TimeSpan.FromHours(1));
        (told, next) = await FollowAsync(next);
        told.ShouldContain("a");
        (await FollowAsync(next)).Told.ShouldBe(["h"], "what the newest time was told of, and no more");
    }

    [Fact]
    public async Task A_change_whose_time_lies_far_ahead_hides_no_other()
    {
        var place = (await _connector.ReadChangesAsync(cursor: null, CancellationToken.None)).Cursor!;
        _users["a"] = new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);
        (var told, place) = await FollowAsync(place);
        told.ShouldBe(["a"]);

        _clock.Advance(TimeSpan.FromHours(1));
        Change("b");
        (told, place) = await FollowAsync(place);
        told.ShouldBe(["a", "b"]);
        _clock.Advance(TimeSpan.FromHours(1));
        await FollowAsync(place);
        Asked().ShouldBe(["2026-01-01T11:55:00.000Z", "2026-01-01T11:55:00.000Z", "2026-01-01T12:55:00.000Z"]);
    }

    public void Dispose()
    {
        _connector.Dispose();
        _service.Dispose();
    }

    void Change(params string[] users)
    {
        foreach (var user in users)
        {
            _users[user] = _clock.GetUtcNow();
        }
    }

    async Task<(IReadOnlyList<string> Told, string Next)> FollowAsync(string place)
    {
        var told = new List<string>();
        ChangePage page;
        do
        {
            page = await _connector.ReadChangesAsync(place, CancellationToken.None);
            page.ReadEverything.ShouldBeNull();
            told.AddRange(page.Items.Select(account => account.Key));
            place = page.Cursor!;
        }
        while (page.More);

        return (told, place);
    }

    /// <summary>The times of the filters of the lists that were begun.</summary>
    List<string> Asked() =>
    [
        .. _service.Asked.Where(line => line.Contains("startIndex=1&", StringComparison.Ordinal)).Select(line => SinceOf(HttpUtility.ParseQueryString(line[line.IndexOf('?')..])["filter"]!)),
    ];

    string List(Uri asked)
    {
        var query = HttpUtility.ParseQueryString(asked.Query);
        var since = DateTimeOffset.Parse(SinceOf(query["filter"]!), CultureInfo.InvariantCulture);
        var (start, count) = (int.Parse(query["startIndex"]!, CultureInfo.InvariantCulture), int.Parse(query["count"]!, CultureInfo.InvariantCulture));
        var found = _users.Where(user => user.Value >= since).ToList();
        var shown = found.Skip(start - 1).Take(count).Select(user => $$$"""{"id":"{{{user.Key}}}","userName":"{{{user.Key}}}","meta":{"lastModified":"{{{user.Value:O}}}"}}""");
        return $$"""{"totalResults":{{found.Count}},"Resources":[{{string.Join(',', shown)}}]}""";
    }

    static string SinceOf(string filter) => filter.Split('"')[1];
}
