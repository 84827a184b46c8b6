using Microsoft.DurableTask.Client;
using ServerlessSync.Functions.Tests.World;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web;
using Shouldly;
using Xunit;

namespace ServerlessSync.Functions.Tests;

/// <summary>What the timers do.</summary>
public sealed class TimerFunctionTests
{
    static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Three_measures_are_reported_each_time_also_when_there_is_nothing_to_tell()
    {
        await using var world = await FunctionsWorld.StartAsync();
        await MeasureAsync(world);
        world.Reported.Select(metric => metric.Name).ShouldBe([MetricNames.AnchorAge, MetricNames.ExceptionsOverdue, MetricNames.LeaversAge], ignoreOrder: true);
        world.Reported.ShouldAllBe(metric => metric.Value == 0);
    }

    [Fact]
    public async Task An_exception_counts_from_its_deadline_until_it_is_settled()
    {
        await using var world = await FunctionsWorld.StartAsync();
        var now = world.Clock.GetUtcNow();
        await world.Stores.Exceptions.OpenAsync(new ExceptionItem("x1", "guard", null, null, null, "identity-team", "why", now, now.AddHours(1)), None);
        (await MeasureAsync(world, MetricNames.ExceptionsOverdue)).ShouldBe(0);
        world.Clock.Advance(TimeSpan.FromHours(2));
        (await MeasureAsync(world, MetricNames.ExceptionsOverdue)).ShouldBe(1);
        await world.Stores.Exceptions.SettleAsync(null, "x1", "done", None);
        (await MeasureAsync(world, MetricNames.ExceptionsOverdue)).ShouldBe(0);
    }

    [Fact]
    public async Task The_oldest_termination_that_is_not_finished_is_told_by_its_age_and_no_other_event_is()
    {
        await using var world = await FunctionsWorld.StartAsync();
        await world.SendAsync("7", "e1");
        await world.Functions<TimerFunctions>().SweepAsync(new(), world.Engine, None);
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        (await MeasureAsync(world, MetricNames.LeaversAge)).ShouldBe(0);
        await world.SendAsync("7", "e2", sequence: 2, type: "employee.terminated");
        await world.Functions<TimerFunctions>().SweepAsync(new(), world.Engine, None);
        world.Clock.Advance(TimeSpan.FromMinutes(3));
        await world.SendAsync("7", "e3", sequence: 3, type: "employee.terminated");
        await world.Functions<TimerFunctions>().SweepAsync(new(), world.Engine, None);
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        (await MeasureAsync(world, MetricNames.LeaversAge)).ShouldBe(300);
    }

    [Fact]
    public async Task One_timer_serves_the_schedules_of_every_target()
    {
        await using var world = await FunctionsWorld.StartAsync();
        (await world.Stores.Reconciliations.FindScheduleAsync("saas", ReconciliationMode.Complete, None)).ShouldBeNull();
        await world.Functions<ReconcileFunctions>().ReconcileAsync(new(), world.Engine, None);
        (await world.Stores.Reconciliations.FindScheduleAsync("saas", ReconciliationMode.Complete, None))!.ShouldSatisfyAllConditions(
            s => s.Schedule.ShouldBe("0 3 * * * UTC"), s => s.Since.ShouldBe(world.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task The_age_of_the_anchor_grows_while_nothing_can_be_anchored()
    {
        await using var world = await FunctionsWorld.StartAsync();
        world.Anchor.IsBroken = true;
        world.Clock.Advance(TimeSpan.FromMinutes(20));
        (await MeasureAsync(world, MetricNames.AnchorAge)).ShouldBeGreaterThanOrEqualTo(20 * 60);
    }

    [Fact]
    public async Task The_age_of_the_anchor_is_known_to_a_process_that_has_just_begun()
    {
        await using var world = await FunctionsWorld.StartAsync();
        world.Anchor.IsBroken = true;
        await world.SendAsync("7", "e1");
        var chain = new CheckpointRows(world.Stores.Partitions.Store);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await chain.FindAsync(1, None) is null)
        {
            await world.Clock.WaitForTimerAsync(TimeSpan.FromMinutes(1), limit.Token);
            world.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        // What a process measures by its own clock has just begun; only the store knows of the days that went by.
        world.Clock.SetWallClock(TimeSpan.FromDays(1000));
        (await MeasureAsync(world, MetricNames.AnchorAge)).ShouldBeGreaterThanOrEqualTo(1000 * 86400);
    }

    [Fact]
    public async Task Runs_that_ended_longer_ago_than_they_are_kept_are_deleted_page_by_page_and_no_others()
    {
        await using var world = await FunctionsWorld.StartAsync();
        var now = world.Clock.GetUtcNow();
        var old = world.Configuration.Retention.History.Before(now).AddDays(-1);
        foreach (var id in new[] { "a", "b", "c", "d", "e" })
        {
            world.Engine.Put($"{id}-old", OrchestrationRuntimeStatus.Completed, old, old);
        }

        world.Engine.Put("b-ended-late", OrchestrationRuntimeStatus.Failed, old, now);
        world.Engine.Put("c-at-work", OrchestrationRuntimeStatus.Running, old, old);
        world.Engine.Put("f-new", OrchestrationRuntimeStatus.Completed, now, now);
        await world.Functions<TimerFunctions>().PurgeAsync(new(), world.Engine, None);
        world.Engine.Runs.ShouldBe(["b-ended-late", "c-at-work", "f-new"]);
    }

    [Fact]
    public async Task A_sweep_takes_up_what_another_process_recorded()
    {
        var rows = new MemoryRowStore();
        await using (var first = await FunctionsWorld.StartAsync(rows))
        {
            first.Broker.Away = new TimeoutException("away");
            await first.SendAsync("7", "e1");
        }

        await using var second = await FunctionsWorld.StartAsync(rows);
        await second.Functions<TimerFunctions>().SweepAsync(new(), second.Engine, None);
        second.Engine.Started.ShouldHaveSingleItem();
    }

    static async Task<double> MeasureAsync(FunctionsWorld world, string metric)
    {
        await MeasureAsync(world);
        return world.Reported.Single(reported => reported.Name == metric).Value;
    }

    static Task MeasureAsync(FunctionsWorld world)
    {
        world.Reported.Clear();
        return world.Functions<MeasureFunctions>().MeasureAsync(new(), None);
    }
}
