using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Audit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Audit;

public sealed class RetentionSweepTests : IDisposable
{
    static readonly RetentionConfiguration Retention = new() { Payloads = new Period(1, 0, TimeSpan.Zero), Inbox = Period.OfDays(30) };

    readonly AuditRecord _record = new(new MemoryRowStore());

    static CancellationToken None => CancellationToken.None;

    MeshStores Stores => _record.Stores;

    public void Dispose() => _record.Dispose();

    [Fact]
    public async Task Payloads_are_deleted_after_their_time_and_the_record_still_verifies()
    {
        await _record.AddAsync("ada", 3);
        await _record.AddAsync("system", 2, TableNames.Exceptions);
        await _record.CheckpointAsync();
        _record.Clock.Advance(TimeSpan.FromDays(300));
        await _record.AddAsync("ada", 2);
        await _record.CheckpointAsync();
        var sweep = new RetentionSweep(Stores, Retention);
        (await sweep.RunAsync(None)).ShouldBe(0);

        _record.Clock.Advance(TimeSpan.FromDays(66));
        (await sweep.RunAsync(None)).ShouldBe(5);

        (await _record.VerifyAsync()).ShouldSatisfyAllConditions(
            r => r.Faults.ShouldBeEmpty(), r => r.Entries.ShouldBe(7), r => r.Erased.ShouldBe(5), r => r.Unanchored.ShouldBe(0));
    }

    [Fact]
    public async Task An_entry_behind_a_younger_one_waits_for_it()
    {
        var ahead = new MeshStores(_record.Rows, new FakeTimeProvider(_record.Clock.GetUtcNow() + TimeSpan.FromDays(100)));
        await _record.AddAsync("ada");
        await AuditRecord.AddAsync(ahead, "ada");
        await _record.AddAsync("ada");
        _record.Clock.Advance(TimeSpan.FromDays(370));

        (await new RetentionSweep(Stores, Retention).RunAsync(None)).ShouldBe(1);
    }

    [Fact]
    public async Task A_round_reads_a_bounded_number_of_rows_and_the_next_goes_on_behind_them()
    {
        for (var n = 0; n < 20; n++)
        {
            await _record.AddAsync($"s{n:D2}", 2);
        }

        _record.Clock.Advance(TimeSpan.FromDays(400));
        var sweep = new RetentionSweep(Stores, Retention) { RowsPerRound = 15 };

        var deleted = new List<long>();
        while (deleted.Sum() < 40)
        {
            deleted.Add(await sweep.RunAsync(None));
        }

        deleted.ShouldBe([6, 6, 6, 6, 6, 6, 4], "three streams of five rows a round");
        (await _record.VerifyAsync()).Erased.ShouldBe(40);
    }

    [Fact]
    public async Task After_everything_was_looked_at_it_rests_a_day()
    {
        var sweep = new RetentionSweep(Stores, Retention);
        await sweep.RunAsync(None);
        await _record.AddAsync("ada");
        _record.Clock.Advance(TimeSpan.FromDays(400));
        (await sweep.RunAsync(None)).ShouldBe(1);

        await _record.AddAsync("bob");
        _record.Clock.Advance(TimeSpan.FromHours(23));
        (await new RetentionSweep(Stores, Retention with { Payloads = new Period(0, 0, TimeSpan.FromHours(1)) }).RunAsync(None)).ShouldBe(1);
        (await sweep.RunAsync(None)).ShouldBe(0);
    }

    [Fact]
    public async Task Received_events_are_deleted_when_they_ended_long_enough_ago_and_no_sooner()
    {
        await ReceiveAsync("ended", InboxStatus.Applied);
        await ReceiveAsync("stale", InboxStatus.Stale);
        await ReceiveAsync("refused", InboxStatus.Refused);
        await ReceiveAsync("queued", InboxStatus.Queued);
        await ReceiveAsync("received", null);
        _record.Clock.Advance(TimeSpan.FromDays(30));
        await SettleAsync("queued", InboxStatus.Applied);
        var sweep = new RetentionSweep(Stores, Retention);
        (await sweep.RunAsync(None)).ShouldBe(0);

        _record.Clock.Advance(TimeSpan.FromDays(1));
        (await sweep.RunAsync(None)).ShouldBe(3);

        (await FindAsync("ended")).ShouldBeNull();
        (await FindAsync("queued"))!.Status.ShouldBe(InboxStatus.Applied);
        (await FindAsync("received"))!.Status.ShouldBe(InboxStatus.Received);
    }

    [Fact]
    public async Task An_event_whose_run_is_still_in_its_lane_is_kept()
    {
        var change = Event("late");
        await Stores.Inbox.AcceptAsync([change], None);
        var key = Inbox.KeyOf("hr", "late");
        await Stores.Lanes.EnqueueAsync("ada", change, key, _ => Task.CompletedTask, None);
        var run = (await Stores.Lanes.AdvanceAsync("ada", None))!.Run;
        await Stores.Inbox.SettleAsync(key, r => r with { Status = InboxStatus.Applied, IdentityId = "ada", Run = run }, None);
        _record.Clock.Advance(TimeSpan.FromDays(31));
        (await new RetentionSweep(Stores, Retention).RunAsync(None)).ShouldBe(0);

        await Stores.Lanes.CompleteAsync("ada", run, _ => Task.CompletedTask, None);
        (await new RetentionSweep(Stores, Retention).RunAsync(None)).ShouldBe(1);
    }

    [Fact]
    public async Task What_a_comparison_suspected_is_deleted_when_it_ended_long_ago_even_of_the_newest()
    {
        await CompareAsync("run1");
        _record.Clock.Advance(TimeSpan.FromDays(99));
        await CompareAsync("run2");
        foreach (var number in new[] { 1, 2 })
        {
            await Stores.Suspects.AddAsync("saas", number, [new Suspect { IdentityId = "ada" }, new Suspect { IdentityId = "bob" }], None);
        }

        var sweep = new RetentionSweep(Stores, Retention with { Drift = Period.OfDays(100) });
        _record.Clock.Advance(TimeSpan.FromDays(2));
        (await sweep.RunAsync(None)).ShouldBe(3, "the first comparison and what it suspected");
        (await Stores.Suspects.ReadAsync("saas", 1, null, None).AnyAsync()).ShouldBeFalse();
        (await Stores.Suspects.ReadAsync("saas", 2, null, None).CountAsync()).ShouldBe(2);

        _record.Clock.Advance(TimeSpan.FromDays(100));
        (await sweep.RunAsync(None)).ShouldBe(2);
        (await Stores.Suspects.ReadAsync("saas", 2, null, None).AnyAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Settled_drift_and_ended_comparisons_are_deleted_after_their_time_and_open_drift_and_the_newest_comparison_never()
    {
        var settled = await DriftAsync("ada");
        await Stores.Drifts.SettleAsync(settled, "mended", None);
        await DriftAsync("bob");
        await CompareAsync("run1");
        await CompareAsync("run2");
        _record.Clock.Advance(TimeSpan.FromDays(99));
        var sweep = new RetentionSweep(Stores, Retention with { Drift = Period.OfDays(100) });
        (await sweep.RunAsync(None)).ShouldBe(0);
        await CompareAsync("run3");

        _record.Clock.Advance(TimeSpan.FromDays(2));
        (await sweep.RunAsync(None)).ShouldBe(3);
        (await Stores.Drifts.FindAsync("saas", "ada", None)).ShouldBeNull();
        (await Stores.Drifts.FindAsync("saas", "bob", None)).ShouldNotBeNull();

        _record.Clock.Advance(TimeSpan.FromDays(200));
        (await sweep.RunAsync(None)).ShouldBe(0);
        (await Stores.Reconciliations.ReadAsync("saas", None).ToListAsync()).ShouldHaveSingleItem().Run.ShouldBe("run3");
        (await DriftAsync("ada")).Opening.ShouldBe(1);
    }

    [Fact]
    public async Task Comparisons_of_changes_that_found_nothing_go_with_the_history_and_what_is_followed_stays()
    {
        await CompareAsync("run1", ReconciliationMode.Changes, followed: new FollowedChanges { Cursor = "here" });
        await CompareAsync("run2", ReconciliationMode.Changes, found: 1);
        await CompareAsync("run3");
        await CompareAsync("run4", ReconciliationMode.Changes);
        _record.Clock.Advance(TimeSpan.FromDays(50));

        (await new RetentionSweep(Stores, Retention with { History = Period.OfDays(40), Drift = Period.OfDays(100) }).RunAsync(None)).ShouldBe(1);

        (await Stores.Reconciliations.ReadAsync("saas", None).Select(r => r.Run).ToListAsync()).ShouldBe(["run4", "run3", "run2"]);
        (await Stores.Reconciliations.FindChangesAsync("saas", None))!.Cursor.ShouldBe("here");
    }

    Task<DriftItem> DriftAsync(string identityId) => Stores.Drifts.OpenAsync(
        new DriftItem { Target = "saas", IdentityId = identityId, OpenedAt = _record.Clock.GetUtcNow(), FoundBy = "run", Findings = [new(DriftKind.Status, "", "a", "b", default, default)] },
        DriftState.Asked,
        None);

    async Task CompareAsync(string run, ReconciliationMode mode = ReconciliationMode.Complete, int found = 0, FollowedChanges? followed = null)
    {
        await Stores.Reconciliations.BeginAsync(
            "saas",
            run,
            n => new ReconciliationRun
            {
                Target = "saas", Number = n, Run = run, AskedBy = "ops", DryRun = false, Mode = mode, Configuration = "c", StartedAt = _record.Clock.GetUtcNow(),
                Outcome = ReconciliationOutcome.Completed,
                Found = found == 0 ? new Dictionary<DriftKind, int>() : new Dictionary<DriftKind, int> { [DriftKind.Status] = found },
            },
            None);
        if (followed is not null)
        {
            await Stores.Reconciliations.FollowAsync("saas", run, _ => followed, None);
        }

        await Stores.Reconciliations.ChangeAsync("saas", run, r => r with { EndedAt = _record.Clock.GetUtcNow() }, None);
    }

    async Task ReceiveAsync(string id, InboxStatus? status)
    {
        await Stores.Inbox.AcceptAsync([Event(id)], None);
        if (status is { } ended)
        {
            await SettleAsync(id, ended);
        }
    }

    Task<InboxStatus> SettleAsync(string id, InboxStatus status) => Stores.Inbox.SettleAsync(Inbox.KeyOf("hr", id), r => r with { Status = status }, None);

    Task<InboxRow?> FindAsync(string id) => Stores.Inbox.FindAsync(Inbox.KeyOf("hr", id), None);

    ChangeEvent Event(string id) => new()
    {
        Id = id,
        Source = "hr",
        Subject = "ada",
        Kind = ChangeKind.Changed,
        OccurredAt = _record.Clock.GetUtcNow(),
        ReceivedAt = _record.Clock.GetUtcNow(),
    };
}
