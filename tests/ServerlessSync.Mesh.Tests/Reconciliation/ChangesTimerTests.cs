using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Tests.Configuration;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

public sealed class ChangesTimerTests
{
    const string EveryFive = "*/5 * * * *";

    static readonly FollowedChanges Followed = new() { Cursor = "here" };
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    readonly FakeTimeProvider _clock = new();
    readonly MeshStores _stores;
    readonly BegunComparisons _requests;

    public ChangesTimerTests()
    {
        _stores = new MeshStores(new MemoryRowStore(), _clock);
        _requests = new BegunComparisons(_stores);
    }

    static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Changes_are_compared_between_the_complete_comparisons_and_a_complete_one_that_is_due_goes_first()
    {
        var timer = Timer();
        await FollowAsync(Followed);
        await PassAsync(timer, TimeSpan.FromMinutes(12));
        _requests.Begun.Select(b => (b.Request.Run, b.Request.Mode, b.Request.Note, b.Request.DryRun)).ShouldBe(
            [
                ("reconcile-saas-20260105T0905Z-changes", ReconciliationMode.Changes, null, false),
                ("reconcile-saas-20260105T0910Z-changes", ReconciliationMode.Changes, null, false),
            ]);

        await PassAsync(timer, new DateTimeOffset(2026, 1, 6, 3, 6, 0, TimeSpan.Zero) - _clock.GetUtcNow());
        _requests.Begun.TakeLast(3).Select(b => b.Request.Run).ShouldBe(
            ["reconcile-saas-20260106T0255Z-changes", "reconcile-saas-20260106T0300Z", "reconcile-saas-20260106T0305Z-changes"]);
        (await ScheduleAsync(ReconciliationMode.Changes)).Missed.ShouldBe(0);
        (await ScheduleAsync(ReconciliationMode.Complete)).Missed.ShouldBe(0);
    }

    [Fact]
    public async Task While_a_comparison_is_under_way_times_of_changes_pass_and_nobody_calls_them_missed()
    {
        var timer = Timer();
        await FollowAsync(Followed);
        _requests.Ends = false;
        await PassAsync(timer, TimeSpan.FromMinutes(42));
        _requests.Asked.ShouldHaveSingleItem();

        _requests.Ends = true;
        await _requests.EndAsync();
        await PassAsync(timer, TimeSpan.FromMinutes(4));
        _requests.Begun.Count.ShouldBe(2);
        _requests.Begun[1].Request.Note.ShouldBeNull();
        (await ScheduleAsync(ReconciliationMode.Changes)).Missed.ShouldBe(0);
    }

    [Fact]
    public async Task A_complete_comparison_that_waited_for_one_of_changes_begins_as_soon_as_that_has_ended()
    {
        var timer = Timer("57 9 * * *");
        await FollowAsync(Followed);
        await PassAsync(timer, TimeSpan.FromMinutes(54));
        _requests.Ends = false;
        await PassAsync(timer, TimeSpan.FromMinutes(6));
        _requests.Begun[^1].Request.Run.ShouldBe("reconcile-saas-20260105T0955Z-changes");
        await _requests.EndAsync();
        await PassAsync(timer, Minute);
        _requests.Begun[^1].Request.Run.ShouldBe("reconcile-saas-20260105T0957Z");
    }

    [Fact]
    public async Task Until_there_is_a_place_to_follow_changes_from_none_are_compared_and_nobody_calls_them_missed()
    {
        var timer = Timer();
        await PassAsync(timer, TimeSpan.FromMinutes(31));
        _requests.Asked.ShouldBeEmpty();
        await FollowAsync(new FollowedChanges { Lost = "it has no filters" });
        await PassAsync(timer, TimeSpan.FromMinutes(31));
        _requests.Asked.ShouldBeEmpty();

        await FollowAsync(Followed);
        await PassAsync(timer, TimeSpan.FromMinutes(5));
        _requests.Begun.ShouldHaveSingleItem().Request.Note.ShouldBeNull();
    }

    [Fact]
    public async Task Where_the_place_was_lost_a_complete_comparison_begins_in_place_of_the_next_one_of_changes()
    {
        var timer = Timer();
        await FollowAsync(FollowedChanges.Without("forgotten"));
        await PassAsync(timer, TimeSpan.FromMinutes(7));
        var request = _requests.Begun.ShouldHaveSingleItem().Request;
        (request.Mode, request.Note, request.Run).ShouldBe((ReconciliationMode.Complete, "in place of changes: forgotten", "reconcile-saas-20260105T0905Z-changes"));
    }

    [Fact]
    public async Task What_no_host_was_there_for_is_begun_once_and_says_how_late_it_is()
    {
        var timer = Timer();
        await FollowAsync(Followed);
        await PassAsync(timer, TimeSpan.FromMinutes(6));
        _clock.Advance(TimeSpan.FromHours(1));
        await PassAsync(timer, TimeSpan.FromMinutes(2));
        _requests.Begun.Count.ShouldBe(2);
        _requests.Begun[1].Request.Note!.ShouldStartWith("missed: due 2026-01-05 10:05 UTC");
    }

    [Fact]
    public async Task What_is_not_taken_is_asked_for_again()
    {
        var timer = Timer();
        await FollowAsync(Followed);
        _requests.Refuses = true;
        await PassAsync(timer, TimeSpan.FromMinutes(6));
        _requests.Begun.ShouldBeEmpty();
        _requests.Refuses = false;
        (await timer.RunAsync(None)).ShouldHaveSingleItem().Mode.ShouldBe(ReconciliationMode.Changes);
        _requests.Asked.Select(r => r.Run).Distinct().ShouldHaveSingleItem();
    }

    ReconcileTimer Timer(string complete = "0 3 * * *")
    {
        var mesh = MeshYaml.Load(MeshYaml.Small);
        var reconcile = new ReconcileConfiguration { Schedule = CronExpression.Parse(complete, out _), Changes = CronExpression.Parse(EveryFive, out _) };
        var targets = mesh.Targets.Values.ToDictionary(t => t.Name, t => t.Name == "saas" ? t with { Reconcile = reconcile } : t);
        return new ReconcileTimer(mesh with { Targets = targets }, _stores, _requests, NullLogger.Instance);
    }

    async Task FollowAsync(FollowedChanges followed)
    {
        var reconciliations = _stores.Reconciliations;
        await reconciliations.BeginAsync(
            "saas",
            $"by-hand-{followed}",
            n => new ReconciliationRun { Target = "saas", Number = n, Run = $"by-hand-{followed}", AskedBy = "otto", DryRun = false, Configuration = "c", StartedAt = _clock.GetUtcNow() },
            None);
        await reconciliations.FollowAsync("saas", $"by-hand-{followed}", _ => followed, None);
        await reconciliations.ChangeAsync("saas", $"by-hand-{followed}", run => run with { EndedAt = _clock.GetUtcNow() }, None);
    }

    async Task<ReconciliationSchedule> ScheduleAsync(ReconciliationMode mode) => (await _stores.Reconciliations.FindScheduleAsync("saas", mode, None))!;

    async Task PassAsync(ReconcileTimer timer, TimeSpan time)
    {
        for (var end = _clock.GetUtcNow() + time; _clock.GetUtcNow() < end; _clock.Advance(Minute))
        {
            await timer.RunAsync(None);
        }
    }
}
