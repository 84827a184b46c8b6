using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Tests.Configuration;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

public sealed class ReconcileTimerTests
{
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    readonly FakeTimeProvider _clock = new();
    readonly MeshStores _stores;
    readonly BegunComparisons _requests;

    public ReconcileTimerTests()
    {
        _stores = new MeshStores(new MemoryRowStore(), _clock);
        _requests = new BegunComparisons(_stores);
    }

    static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_comparison_starts_once_at_its_time_and_is_not_said_to_be_late()
    {
        var timer = Timer("0 3 * * *");
        await PassAsync(timer, TimeSpan.FromDays(3));

        _requests.Begun.Select(r => r.Request.Run).ShouldBe(["reconcile-saas-20260106T0300Z", "reconcile-saas-20260107T0300Z", "reconcile-saas-20260108T0300Z"]);
        _requests.Begun.ShouldAllBe(r => r.Request.Note == null && r.Request.AskedBy == "schedule" && !r.Request.DryRun);
        _requests.Begun.Select(r => r.At.TimeOfDay).ShouldAllBe(at => at == TimeSpan.FromHours(3));
        (await _stores.Reconciliations.FindScheduleAsync("saas", ReconciliationMode.Complete, None))!.Missed.ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_is_due_for_the_time_before_a_schedule_was_first_seen_or_was_changed()
    {
        await Timer("0 3 * * *").RunAsync(None);
        _clock.Advance(TimeSpan.FromHours(20));
        (await Timer("0 4 * * *").RunAsync(None)).ShouldBeEmpty();
        (await Timer("0 4 * * *", "Europe/Berlin").RunAsync(None)).ShouldBeEmpty();
        _clock.Advance(TimeSpan.FromDays(1));
        (await Timer("0 4 * * *", "Europe/Berlin").RunAsync(None)).ShouldHaveSingleItem().Due.ShouldBe(At(7, 3));
    }

    [Fact]
    public async Task What_was_missed_starts_once_when_somebody_is_there_again_and_says_how_late_it_is()
    {
        var timer = Timer("0 3 * * *");
        await timer.RunAsync(None);
        _clock.Advance(At(8, 10) - _clock.GetUtcNow());

        var start = (await timer.RunAsync(None)).ShouldHaveSingleItem();
        (start.Due, start.Late, start.Missed).ShouldBe((At(8, 3), TimeSpan.FromHours(7), 2));
        _requests.Begun.ShouldHaveSingleItem().Request.Note.ShouldBe("missed: due 2026-01-08 03:00 UTC, 0.07:00 late, and 2 times before it");
        await _requests.EndAsync();
        (await timer.RunAsync(None)).ShouldBeEmpty();
        (await _stores.Reconciliations.FindScheduleAsync("saas", ReconciliationMode.Complete, None))!.ShouldSatisfyAllConditions(
            s => s.Missed.ShouldBe(3), s => s.LastDue.ShouldBe(At(8, 3)), s => s.LastLate.ShouldBe(TimeSpan.FromHours(7)));
    }

    [Fact]
    public async Task While_one_is_under_way_no_other_starts_and_what_fell_due_meanwhile_follows_once()
    {
        var timer = Timer("0 * * * *");
        _requests.Ends = false;
        await PassAsync(timer, TimeSpan.FromHours(3.5));
        _requests.Begun.Count.ShouldBe(1);

        await _requests.EndAsync();
        await PassAsync(timer, TimeSpan.FromMinutes(5));
        _requests.Begun.Count.ShouldBe(2);
        _requests.Begun[1].Request.Note.ShouldNotBeNull();
    }

    [Fact]
    public async Task One_whose_workflow_is_gone_keeps_no_other_from_its_time()
    {
        var timer = Timer("0 * * * *");
        _requests.Ends = false;
        await PassAsync(timer, TimeSpan.FromHours(1.5));
        _requests.Asked.Count.ShouldBe(1);

        _requests.Dead = true;
        await PassAsync(timer, TimeSpan.FromHours(1));
        _requests.Asked.Select(r => r.Run).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Two_hosts_start_the_same_time_of_the_schedule_under_the_same_id()
    {
        var (one, other) = (Timer("0 3 * * *"), Timer("0 3 * * *"));
        await Task.WhenAll(one.RunAsync(None), other.RunAsync(None));
        _clock.Advance(At(6, 3) - _clock.GetUtcNow());
        _requests.Ends = false;
        await Task.WhenAll(one.RunAsync(None), other.RunAsync(None));

        _requests.Asked.Select(r => r.Run).Distinct().ShouldHaveSingleItem();
        _requests.Begun.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_start_that_was_not_noted_is_repeated_under_the_same_id_and_one_that_was_refused_is_tried_again()
    {
        var timer = Timer("0 3 * * *");
        await timer.RunAsync(None);
        _clock.Advance(At(6, 3) - _clock.GetUtcNow());
        _requests.Failure = new StoreException(StoreFailure.Unavailable, "away");
        (await Should.ThrowAsync<AggregateException>(() => timer.RunAsync(None))).InnerExceptions.ShouldHaveSingleItem().ShouldBe(_requests.Failure);

        _requests.Failure = null;
        _requests.Refuses = true;
        (await timer.RunAsync(None)).ShouldBeEmpty();
        _requests.Refuses = false;
        _clock.Advance(Minute);
        (await timer.RunAsync(None)).ShouldHaveSingleItem().Late.ShouldBe(Minute);
        _requests.Asked.Select(r => r.Run).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_target_that_cannot_be_looked_at_does_not_keep_the_others()
    {
        var reconcile = new ReconcileConfiguration { Schedule = Cron("0 3 * * *") };
        var timer = Timer(new() { ["saas"] = reconcile, ["warehouse"] = reconcile });
        await timer.RunAsync(None);
        _clock.Advance(At(6, 3) - _clock.GetUtcNow());
        _requests.FailsFor = "saas";
        await Should.ThrowAsync<AggregateException>(() => timer.RunAsync(None));

        _requests.Begun.ShouldHaveSingleItem().Request.Target.ShouldBe("warehouse");
    }

    [Fact]
    public async Task Comparisons_that_were_given_up_over_two_times_of_the_schedule_are_told_and_once_more_for_each_further_time_that_somebody_settles_by_hand()
    {
        var timer = Timer("0 3 * * *");
        await PassAsync(timer, At(6, 4) - _clock.GetUtcNow());
        _requests.Outcome = ReconciliationOutcome.Abandoned;
        await PassAsync(timer, At(8, 3) - _clock.GetUtcNow());
        (await ToldAsync()).ShouldBeEmpty("one time passed without one that came through, and the next has just begun");

        await PassAsync(timer, At(8, 4) - _clock.GetUtcNow());
        var told = (await ToldAsync()).ShouldHaveSingleItem();
        (told.Kind, told.Target, told.Run).ShouldBe(("reconciliation-missed", "saas", "reconcile-saas-20260108T0300Z"));
        told.Reason.ShouldBe("No comparison of saas came through over two times of its schedule (0 3 * * * UTC): what differs there since is not known");

        await _stores.Exceptions.SettleAsync(null, told.Id, "one came through, or so they say", None);
        await PassAsync(timer, At(9, 2) - _clock.GetUtcNow());
        (await ToldAsync()).ShouldBeEmpty();
        await PassAsync(timer, At(9, 4) - _clock.GetUtcNow());
        (await ToldAsync()).ShouldHaveSingleItem().Run.ShouldBe("reconcile-saas-20260109T0300Z");
    }

    [Fact]
    public async Task While_nobody_was_there_nothing_is_forgotten_and_a_plan_that_is_only_made_is_no_comparison()
    {
        var timer = Timer("0 3 * * *");
        await timer.RunAsync(None);
        _clock.Advance(At(6, 4) - _clock.GetUtcNow());
        _requests.Outcome = ReconciliationOutcome.Completed;
        await _requests.StartAsync(new ReconciliationRequest("saas", "by-hand", DryRun: true, "ops"), None);
        _clock.Advance(At(7, 4) - _clock.GetUtcNow());
        await timer.RunAsync(None);
        (await ToldAsync()).ShouldHaveSingleItem().Run.ShouldBe("reconcile-saas-20260107T0300Z");
    }

    [Fact]
    public void Jitter_is_the_same_for_a_target_and_a_day_spread_over_targets_and_days_and_never_too_long()
    {
        var reconcile = new ReconcileConfiguration { Jitter = TimeSpan.FromMinutes(10), TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") };
        var jitters = (from target in Enumerable.Range(0, 50)
                       from day in Enumerable.Range(0, 40)
                       select ReconcileTimes.JitterOf($"t{target}", At(5, 3).AddDays(day), reconcile)).ToList();

        jitters.ShouldAllBe(j => j >= TimeSpan.Zero && j <= reconcile.Jitter);
        jitters.Distinct().Count().ShouldBeGreaterThan(500);
        ReconcileTimes.JitterOf("saas", At(5, 3), reconcile).ShouldBe(ReconcileTimes.JitterOf("saas", At(5, 22), reconcile), "one day in Berlin");
        ReconcileTimes.JitterOf("saas", At(5, 3), reconcile).ShouldNotBe(ReconcileTimes.JitterOf("saas", At(5, 23.5), reconcile), "the next one there");
        ReconcileTimes.JitterOf("saas", At(5, 3), reconcile with { Jitter = TimeSpan.Zero }).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void However_hosts_come_and_go_every_time_is_served_once_or_stood_for_by_a_later_one()
    {
        foreach (var seed in Enumerable.Range(Sweep.Seed(1), Sweep.Pick(10, 200)))
        {
            var random = new Random(seed);
            var reconcile = new ReconcileConfiguration { Schedule = Cron("*/7 1-20 * * *"), Jitter = TimeSpan.FromMinutes(random.Next(0, 6)) };
            var known = new ReconciliationSchedule("saas", "s", At(5, 0));
            var times = new List<DateTimeOffset>();
            for (var time = reconcile.Schedule.NextAfter(known.Since, TimeZoneInfo.Utc); time < At(8, 0); time = reconcile.Schedule.NextAfter(time, TimeZoneInfo.Utc))
            {
                times.Add(time);
            }

            var served = 0L;
            var rounds = new List<DateTimeOffset>();
            for (var now = known.Since; now < At(8, 0.5); now += TimeSpan.FromMinutes(random.Next(10) == 0 ? random.Next(1, 600) : 1))
            {
                rounds.Add(now);
            }

            foreach (var now in rounds.Append(At(8, 0.5)))
            {
                if (ReconcileTimes.DueNow("saas", reconcile, ReconciliationMode.Complete, known, now) is { } due)
                {
                    due.Late.ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
                    due.Due.ShouldBe(times.Last(t => t + ReconcileTimes.JitterOf("saas", t, reconcile) <= now), $"seed {seed}");
                    served += 1 + due.Missed;
                    known = known with { LastDue = due.Due };
                }
            }

            served.ShouldBe(times.Count(t => t <= known.LastDue), $"seed {seed}");
            times.Count(t => t > known.LastDue).ShouldBe(0, $"seed {seed}");
        }

    }

    [Fact]
    public void The_next_comparison_is_told_with_its_jitter()
    {
        var reconcile = new ReconcileConfiguration { Schedule = Cron("0 3 * * *"), Jitter = TimeSpan.FromMinutes(10) };
        var jitter = ReconcileTimes.JitterOf("saas", At(6, 3), reconcile);
        ReconcileTimes.NextOf("saas", reconcile, ReconciliationMode.Complete, At(5, 9)).ShouldBe(At(6, 3) + jitter);
        ReconcileTimes.NextOf("saas", reconcile, ReconciliationMode.Complete, At(6, 3)).ShouldBe(At(6, 3) + jitter);
        ReconcileTimes.NextOf("saas", new ReconcileConfiguration(), ReconciliationMode.Complete, At(6, 3)).ShouldBeNull();
    }

    async Task<IReadOnlyList<ExceptionItem>> ToldAsync() => await _stores.Exceptions.ReadOpenOfAsync(null, string.Empty, static _ => { }, None);

    static DateTimeOffset At(int day, double hour) => new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero).AddHours(hour);

    static CronExpression Cron(string text) => CronExpression.Parse(text, out _)!;

    ReconcileTimer Timer(string cron, string zone = "UTC") => Timer(new()
    {
        ["saas"] = new ReconcileConfiguration { Schedule = Cron(cron), TimeZone = TimeZoneInfo.FindSystemTimeZoneById(zone) },
    });

    ReconcileTimer Timer(Dictionary<string, ReconcileConfiguration> schedules)
    {
        var mesh = MeshYaml.Load(MeshYaml.Small);
        var targets = mesh.Targets.Values.ToDictionary(t => t.Name, t => t with { Reconcile = schedules.GetValueOrDefault(t.Name) ?? t.Reconcile });
        return new ReconcileTimer(mesh with { Targets = targets }, _stores, _requests, NullLogger.Instance);
    }

    async Task PassAsync(ReconcileTimer timer, TimeSpan time)
    {
        for (var end = _clock.GetUtcNow() + time; _clock.GetUtcNow() <= end; _clock.Advance(Minute))
        {
            await timer.RunAsync(None);
        }
    }
}
