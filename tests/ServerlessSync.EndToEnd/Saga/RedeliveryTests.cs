using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>
/// Row 4 of the fault matrix: each event is delivered one to five times, up to more than a day apart, at once or one after the other, with the
/// process stopped in between, in the midst of its work or not. Each is one saga.
/// </summary>
public sealed class RedeliveryTests
{
    static readonly string[] People = ["ada", "bob", "cyd", "dee"];

    [Fact]
    public async Task Each_event_delivered_up_to_five_times_across_restarts_and_days_is_one_saga()
    {
        var rounds = Sweep.Pick(8, 150);
        var first = Sweep.Seed(1);
        var (events, deliveries, restarts) = (0, 0, 0);
        for (var seed = first; seed < first + rounds; seed++)
        {
            await using var story = new Story(seed);
            await story.TellAsync();
            await story.CheckAsync($"seed {seed}");
            (events, deliveries, restarts) = (events + story.Events.Count, deliveries + story.Deliveries, restarts + story.Restarts);
        }

        Progress.Show($"row 4: {events} events delivered {deliveries} times over {restarts} restarts, seeds {first} to {first + rounds - 1}");
        deliveries.ShouldBeGreaterThan(2 * events);
    }

    sealed class Story : IAsyncDisposable
    {
        readonly Random _random;
        readonly MeshWorld _world = new(Lives.Configuration);

        public Story(int seed)
        {
            _random = new Random(seed);
            Events = [.. People.SelectMany(EventsOf)];
        }

        public IReadOnlyList<ChangeEvent> Events { get; }

        public int Deliveries { get; private set; }

        public int Restarts { get; private set; }

        public async Task TellAsync()
        {
            await _world.StartAsync();
            foreach (var (change, at) in Events.SelectMany(TimesOf).OrderBy(d => d.At))
            {
                if (at > _world.Clock.GetUtcNow())
                {
                    _world.Clock.Advance(at - _world.Clock.GetUtcNow());
                }

                await DeliverAsync(change);
            }

            await _world.SettleAsync();
            await _world.EndRunsAsync();
        }

        public async Task CheckAsync(string shown)
        {
            foreach (var person in Events.GroupBy(e => e.Subject))
            {
                var trail = await Trail.ReadAsync(_world.Rows, MeshWorld.IdOf(person.Key));
                trail.Where(e => e.Entry.Kind == AuditKind.EventQueued).Select(e => e.Entry.Id).Where(id => id.StartsWith("event:hr:", StringComparison.Ordinal))
                    .ShouldBe(person.Select(e => $"event:hr:{e.Id}"), ignoreOrder: true, shown);
                trail.Where(e => e.Entry.Kind == AuditKind.RunEnded).Select(e => e.Entry.Id).ShouldBeUnique(shown);
                CheckEnd(person.MaxBy(e => e.Sequence)!, shown);
            }

            // One run for each event: those of HR, and those the mesh wrote itself to take up what a leaver overtook.
            var runs = (await _world.History.ListAsync(new WorkflowInstanceQuery { PageSize = 1000 }, CancellationToken.None)).Instances;
            runs.ShouldAllBe(r => r.HasEnded, shown);
            runs.Count.ShouldBe(await CountInboxAsync(), shown);
            _world.Script.Effects.ShouldBeUnique(shown);
        }

        public ValueTask DisposeAsync() => _world.DisposeAsync();

        async Task DeliverAsync(ChangeEvent change)
        {
            if (_random.Next(5) == 0)
            {
                await _world.StopAsync();
                await _world.StartAsync();
                Restarts++;
            }

            // The same event at once, as a sender whose time-out is too short does.
            ChangeEvent[] sent = _random.Next(3) == 0 ? [change, change] : [change];
            Deliveries += sent.Length;
            await _world.Stores.Inbox.AcceptAsync(sent, CancellationToken.None);
            if (_random.Next(2) == 0)
            {
                await _world.SettleAsync();
            }
        }

        IEnumerable<ChangeEvent> EventsOf(string person)
        {
            yield return _world.Hr(person, 1);
            if (_random.Next(3) > 0)
            {
                yield return _world.Hr(person, 2, "HR");
            }

            if (_random.Next(2) == 0)
            {
                yield return _world.Leaver(person, 3);
            }
        }

        IEnumerable<(ChangeEvent Change, DateTimeOffset At)> TimesOf(ChangeEvent change)
        {
            var first = change.OccurredAt + TimeSpan.FromMinutes((change.Sequence!.Value * 60) + _random.Next(60));
            yield return (change, first);
            for (var again = _random.Next(5); again > 0; again--)
            {
                yield return (change, first + TimeSpan.FromMinutes(_random.Next(3) == 0 ? _random.Next(3) : _random.Next(36 * 60)));
            }
        }

        async Task<int> CountInboxAsync()
        {
            var events = 0;
            await foreach (var row in _world.Rows.ScanAsync(TableNames.Inbox, KeyRange.All, CancellationToken.None))
            {
                var kept = MeshJson.FromRow<InboxRow>(row);
                kept.Status.ShouldBeOneOf(InboxStatus.Applied, InboxStatus.Stale);
                events++;
            }

            return events;
        }

        void CheckEnd(ChangeEvent newest, string shown)
        {
            var account = _world.Targets["t1"].Native[$"{newest.Subject}@example.com"];
            string[] rights = newest.Kind == ChangeKind.Terminated ? [] : newest.Data["department"] == "IT" ? ["group:All", "group:IT"] : ["group:All"];
            account.Rights.ShouldBe(rights, customMessage: $"{shown}: {newest.Id}");
            account.Active.ShouldBe(newest.Kind == ChangeKind.Changed, $"{shown}: {newest.Id}");
        }
    }
}
