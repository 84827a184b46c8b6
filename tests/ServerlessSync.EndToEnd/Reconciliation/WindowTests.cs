using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>Drift that waits for a maintenance window is compared again when one opens, and comparisons that stay out are told, whatever the schedule.</summary>
public sealed class WindowTests
{
    // The clock stands on a Monday at nine.
    static readonly MaintenanceWindow MondayNight = new(new HashSet<DayOfWeek> { DayOfWeek.Monday }, new TimeOnly(22, 0), new TimeOnly(2, 0));

    [Fact]
    public async Task Drift_that_waits_for_a_window_no_schedule_meets_is_compared_again_when_it_opens_and_mended()
    {
        await using var world = new ComparedWorld(new ReconcileConfiguration { Windows = [MondayNight] });
        await world.HireAsync(3);
        world.Change(0, a => a with { Active = false });
        await world.CompareAsync();
        await world.CompareAsync(dryRun: true);
        var timer = Timer(world);
        (await timer.RunAsync(CancellationToken.None)).ShouldBeEmpty();

        world.World.Clock.Advance(TimeSpan.FromHours(14));
        var start = (await timer.RunAsync(CancellationToken.None)).ShouldHaveSingleItem();
        (start.Run, start.Note).ShouldBe(("reconcile-t1-window-20260105T2300Z", "drift waits for a maintenance window, and one is open"));
        (await world.EndAsync(start.Run)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        await world.SettleAsync();
        world.Target().Native[Key(0)].Active.ShouldBeTrue();
        world.World.Clock.Advance(TimeSpan.FromHours(1));
        (await timer.RunAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_comparison_for_a_window_that_is_given_up_is_tried_again_each_hour_and_no_more_often()
    {
        await using var world = new ComparedWorld(new ReconcileConfiguration { Windows = [MondayNight] });
        await world.HireAsync(3);
        world.Change(0, a => a with { Active = false });
        await world.CompareAsync();
        world.World.Clock.Advance(TimeSpan.FromHours(14));
        world.Paged(Everyone).Unreached = true;
        var timer = Timer(world);
        for (var hour = 23; hour <= 24; hour++)
        {
            var start = (await timer.RunAsync(CancellationToken.None)).ShouldHaveSingleItem();
            (await world.EndAsync(start.Run)).Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
            (await timer.RunAsync(CancellationToken.None)).ShouldBeEmpty();
            world.World.Clock.Advance(TimeSpan.FromHours(1));
        }
    }

    [Fact]
    public async Task Comparisons_that_do_not_come_through_are_told_until_one_does()
    {
        var daily = new ReconcileConfiguration { Schedule = CronExpression.Parse("0 3 * * *", out _) };
        await using var world = new ComparedWorld(daily);
        await world.HireAsync(3);
        var timer = Timer(world);
        await timer.RunAsync(CancellationToken.None);
        world.World.Clock.Advance(TimeSpan.FromDays(2));
        var released = new TaskCompletionSource();
        foreach (var target in new[] { Everyone, Some })
        {
            world.Paged(target).Before = () => released.Task;
        }

        var starts = await timer.RunAsync(CancellationToken.None);
        (await world.World.ExceptionsAsync()).Select(e => (e.Kind, e.Target)).ShouldBe(
            [("reconciliation-missed", Everyone), ("reconciliation-missed", Some)], ignoreOrder: true);
        released.SetResult();
        foreach (var start in starts)
        {
            (await world.EndAsync(start.Run)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        }

        (await world.World.ExceptionsAsync()).ShouldBeEmpty();
        await timer.RunAsync(CancellationToken.None);
        (await world.World.ExceptionsAsync()).ShouldBeEmpty();
    }

    static ReconcileTimer Timer(ComparedWorld world) =>
        new(world.World.Configuration, world.Stores, world.World.Mesh.Reconciliations, NullLogger.Instance);
}
