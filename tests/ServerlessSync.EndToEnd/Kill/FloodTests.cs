using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>The host is killed again and again under a flood of events: whatever was answered 202 is in the record.</summary>
public sealed class FloodTests
{
    const int People = 200;

    static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(40);

    [Fact]
    public async Task Killed_under_load_the_host_keeps_every_event_it_acknowledged_and_each_only_once()
    {
        var (kills, events) = (Sweep.Pick(4, 200), Sweep.Pick(2_000, 100_000));
        using var limit = new CancellationTokenSource(LongestRun, TimeProvider.System);
        var seed = Sweep.Seed(otherwise: 1);
#pragma warning disable CA5394 // A seed must give the same run again.
        var random = new Random(seed);
#pragma warning restore CA5394
        var folder = Directory.CreateTempSubdirectory("serverlesssync-flood-").FullName;
        try
        {
            await using var flood = new Flood(folder, FloodEvents.Make(People, events), random);
            await flood.RunAsync(kills, limit.Token);
            (await flood.StopAsync()).ShouldBe(0);
            Progress.Show(FormattableString.Invariant($"row 2, seed {seed}: {flood.Kills} kills, {flood.Acknowledged} events acknowledged, {flood.Resent} sent again"));
            flood.Kills.ShouldBe(kills);
            flood.Acknowledged.ShouldBe(events);
            await ProveAsync(Path.Combine(folder, "data"), FloodEvents.Make(People, events), limit.Token);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Every event has ended in the inbox, nobody stands twice in the registry, and each is as the last event says.</summary>
    static async Task ProveAsync(string data, IReadOnlyList<HrEvent> events, CancellationToken cancellationToken)
    {
        await using var database = SqliteDatabase.Open(new SqliteOptions(Path.Combine(data, "mesh.db")));
        var stores = new MeshStores(new SqliteRowStore(database), TimeProvider.System);
        var wrong = new List<string>();
        foreach (var said in events)
        {
            var row = await stores.Inbox.FindAsync(Inbox.KeyOf("hr", said.Id), cancellationToken);
            if (row?.Status is not (InboxStatus.Applied or InboxStatus.Stale))
            {
                wrong.Add($"{said.Id} is {row?.Status.ToString() ?? "lost"}");
            }
        }

        wrong.ShouldBeEmpty();
        var titles = new List<string>();
        await foreach (var identity in stores.Registry.ReadAllAsync(after: null, cancellationToken))
        {
            titles.Add($"{identity.Record.Accepted("userName")} {identity.Record.Accepted("title")}");
        }

        titles.Order(StringComparer.Ordinal).ShouldBe(
            events.GroupBy(e => e.Person).Select(p => $"{p.Key.UserName} {p.MaxBy(e => e.Sequence)!.Title}").Order(StringComparer.Ordinal));
    }
}

/// <summary>What the flood says of its people.</summary>
static class FloodEvents
{
    /// <summary>Everybody's events in order of sequence, taken in turns.</summary>
    public static IReadOnlyList<HrEvent> Make(int people, int events) =>
    [
        .. Enumerable.Range(0, events).Select(n => new HrEvent(
            new Person(FormattableString.Invariant($"{n % people}"), FormattableString.Invariant($"person{n % people}"), "Somebody"),
            (n / people) + 1,
            HrEvent.Changed,
            "Sales",
            FormattableString.Invariant($"title {n / people}"))),
    ];
}
