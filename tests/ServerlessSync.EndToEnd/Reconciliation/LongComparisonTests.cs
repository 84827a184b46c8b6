using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Crash;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>A comparison of many pages: it goes on where it was, whoever dies on the way, and its history stays short.</summary>
public sealed class LongComparisonTests
{
    const int People = 12;
    const int PagesOfOneCall = 100;

    static readonly string[] Expected = [Line(Id(2), DriftKind.Status), Line(Id(5), DriftKind.ExtraGrant, "group:Odd"), Line("shadow", DriftKind.Unowned)];

    [Fact]
    public async Task After_fifty_calls_a_part_begins_a_new_history_and_what_it_read_counts_on()
    {
        await using var world = await DriftedAsync(Stand.InMemory(), new Power(), padding: 1100);
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Completed, report.Reason);
        (await world.FoundAsync()).ShouldBe(Expected, ignoreOrder: true);
        world.Paged(Everyone).Pages.ShouldBeGreaterThan(ReconcilePartWorkflow.CallsAtMost * PagesOfOneCall);
        (await world.LastAsync()).Accounts.ShouldBe(People + 1);
        foreach (var run in await RunsAsync(world))
        {
            var stored = await world.World.History.LoadAsync(run.InstanceId, CancellationToken.None);
            stored!.Events.Count.ShouldBeLessThan(WorkflowLimits.HistoryEvents, run.InstanceId);
        }
    }

    [Fact]
    public async Task Killed_at_any_write_it_goes_on_and_reads_no_page_of_an_ended_call_again()
    {
        var points = await SweepAsync(Stand.InMemory, oneOf: 23);
        Progress.Show($"reconciliation: killed at {points} writes, in memory, at most one call of pages read again");
        points.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Killed_after_any_commit_of_what_it_sorts_nothing_is_there_twice_and_nothing_is_missing()
    {
        var points = 0;
        foreach (var number in Sweep.Points(oneOf: 3))
        {
            var power = new Power();
            var rows = new CuttingRowStore(new MemoryRowStore(), power);
            if (!await DieAsync(Stand.InMemory() with { Rows = rows }, power, () => rows.At = number, $"dead after commit {number} of sorted runs"))
            {
                break;
            }

            points++;
        }

        Progress.Show($"reconciliation: killed after {points} commits of sorted runs, nothing twice, nothing missing");
        points.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Killed_at_any_write_over_sqlite_it_goes_on()
    {
        var folder = Directory.CreateTempSubdirectory("mesh-compare-");
        try
        {
            var points = await SweepAsync(() => Stand.InFile(Path.Combine(folder.FullName, Path.GetRandomFileName())), oneOf: 97);
            Progress.Show($"reconciliation: killed at {points} writes, over SQLite");
            points.ShouldBeGreaterThan(0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Paused_it_does_nothing_and_resumed_it_goes_on()
    {
        await using var world = await DriftedAsync(Stand.InMemory(), new Power(), padding: 400);
        var target = world.Paged(Everyone);
        target.OnPage = (_, page) =>
        {
            world.Stores.Reconciliations.PauseAsync(Everyone, CancellationToken.None).GetAwaiter().GetResult();
            return page;
        };
        var run = await world.BeginAsync();
        var ending = world.EndAsync(run);
        while ((await world.Stores.Reconciliations.FindLastAsync(Everyone, CancellationToken.None))?.PausedAt is null)
        {
            await Task.Yield();
        }

        ending.IsCompleted.ShouldBeFalse();
        (await world.OpenAsync()).ShouldBeEmpty();
        target.OnPage = (_, page) => page;
        (await world.Stores.Reconciliations.ResumeAsync(Everyone, CancellationToken.None)).ShouldBeTrue();
        (await ending).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.FoundAsync()).ShouldBe(Expected, ignoreOrder: true);
    }

    [Fact]
    public async Task Paused_and_forgotten_it_is_given_up()
    {
        await using var world = await DriftedAsync(Stand.InMemory(), new Power(), padding: 0);
        world.Paged(Everyone).OnPage = (_, page) =>
        {
            world.Stores.Reconciliations.PauseAsync(Everyone, CancellationToken.None).GetAwaiter().GetResult();
            return page;
        };
        var report = await world.CompareAsync();
        (report.Outcome, report.Reason).ShouldBe((ReconciliationOutcome.Abandoned, "it was paused and not resumed in time"));
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_one_comparison_of_a_target_is_under_way_and_one_whose_workflow_is_gone_stands_in_nobodys_way()
    {
        await using var world = await DriftedAsync(Stand.InMemory(), new Power(), padding: 0);
        var first = await world.BeginAsync();
        var second = await world.BeginAsync();
        var (one, other) = (await world.EndAsync(first), await world.EndAsync(second));
        (one.Outcome == ReconciliationOutcome.Completed || other.Outcome == ReconciliationOutcome.Completed).ShouldBeTrue();
        if (other.Outcome == ReconciliationOutcome.Abandoned)
        {
            other.Reason!.ShouldContain("is under way");
        }

        world.Paged(Everyone).OnPage = (_, page) =>
        {
            world.Stores.Reconciliations.PauseAsync(Everyone, CancellationToken.None).GetAwaiter().GetResult();
            return page;
        };
        var dead = await world.BeginAsync();
        while ((await world.Stores.Reconciliations.FindLastAsync(Everyone, CancellationToken.None)) is not { PausedAt: not null })
        {
            await Task.Yield();
        }

        await world.World.Client.TerminateInstanceAsync(dead, "by hand", CancellationToken.None);
        await world.World.Client.WaitForInstanceCompletionAsync(dead, CancellationToken.None);
        world.Paged(Everyone).OnPage = (_, page) => page;
        var next = await world.CompareAsync();
        next.Outcome.ShouldBe(ReconciliationOutcome.Completed, next.Reason);
    }

    /// <summary>Dies at point after point until a comparison is through without reaching it; answers how many were reached.</summary>
    static async Task<int> SweepAsync(Func<Stand> open, int oneOf)
    {
        var points = 0;
        foreach (var after in new[] { false, true })
        {
            foreach (var number in Sweep.Points(oneOf))
            {
                var power = new Power();
                if (!await DieAsync(open(), power, () => power.CutAt(number, after), $"dead {(after ? "after" : "before")} write {number}"))
                {
                    break;
                }

                points++;
            }
        }

        return points;
    }

    static async Task<bool> DieAsync(Stand stand, Power power, Action arm, string shown)
    {
        await using var world = await DriftedAsync(stand, power, padding: 60);
        var whole = ((world.Target().Native.Count / 3) + 1) * 61;
        const string run = "compare-1";
        arm();
        try
        {
            await world.BeginAsync(run: run);
            await world.EndAsync(run, power.Cut);
        }
        catch (Exception) when (power.IsCut)
        {
            // Died, as asked.
        }

        var died = power.IsCut;
        if (died)
        {
            await world.World.StopAsync();
            stand = await stand.OpenAgainAsync();
            world.World.Reopen(stand.Rows, stand.History);
            power.Restore();
            await world.World.StartAsync();
            await world.BeginAsync(run: run);
            await world.EndAsync(run);
        }

        (await world.FoundAsync()).ShouldBe(Expected, ignoreOrder: true, customMessage: shown);
        (await world.OpenAsync()).Count.ShouldBe(Expected.Length);
        (await world.LastAsync()).Reason.ShouldBeNull(shown);
        world.Paged(Everyone).Pages.ShouldBeLessThanOrEqualTo(whole + PagesOfOneCall, shown);
        await stand.DisposeAsync();
        return died;
    }

    static async Task<ComparedWorld> DriftedAsync(Stand stand, Power power, int padding)
    {
        var world = new ComparedWorld(OnlyReported, stand, power);
        await world.HireAsync(People);
        world.Change(2, a => a with { Active = false });
        world.Change(5, a => a.Plus("group:Odd"));
        world.Target().PutNatively("shadow", Native.Unmarked);
        world.Paged(Everyone).Padding = padding;
        return world;
    }

    static async Task<IReadOnlyList<WorkflowInstance>> RunsAsync(ComparedWorld world) =>
        (await world.World.History.ListAsync(new WorkflowInstanceQuery { PageSize = 1000, InstanceIdPrefix = "compare" }, CancellationToken.None)).Instances;
}
