using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>A plan first: it touches nothing, and exactly it is applied or nothing is.</summary>
public sealed class DryRunTests
{
    [Fact]
    public async Task A_dry_run_names_what_would_be_done_and_opens_nothing()
    {
        await using var world = await DriftedAsync();
        var report = await world.CompareAsync(dryRun: true);
        report.Outcome.ShouldBe(ReconciliationOutcome.Completed);
        report.PlanHash!.Length.ShouldBe(64);
        (await world.FoundAsync()).ShouldBe([Line(Id(1), DriftKind.Status), Line(Id(2), DriftKind.ExtraGrant, "group:Odd"), Line("shadow", DriftKind.Unowned)], ignoreOrder: true);
        (await world.OpenAsync()).ShouldBeEmpty();
        var run = await world.LastAsync();
        run.Items.ShouldBe(new Dictionary<DriftState, int> { [DriftState.Asked] = 1, [DriftState.Queued] = 2 }, ignoreOrder: true);
        run.ToMend.ShouldBe(2);
    }

    [Fact]
    public async Task The_same_drift_is_the_same_plan_whichever_comparison_finds_it()
    {
        await using var world = await DriftedAsync();
        var first = await world.CompareAsync(dryRun: true);
        (await world.CompareAsync(dryRun: true)).PlanHash.ShouldBe(first.PlanHash);
        world.Change(3, a => a with { Active = false });
        (await world.CompareAsync(dryRun: true)).PlanHash.ShouldNotBe(first.PlanHash);
    }

    [Fact]
    public async Task A_plan_is_applied_as_approved_or_not_at_all()
    {
        await using var world = await DriftedAsync();
        var plan = (await world.CompareAsync(dryRun: true)).PlanHash;
        world.Change(3, a => a with { Active = false });
        var refused = await world.CompareAsync(hash: plan);
        refused.Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        refused.Reason!.ShouldContain("not the approved");
        (await world.OpenAsync()).ShouldBeEmpty();
        (await world.World.ExceptionsAsync()).ShouldBeEmpty();

        world.Change(3, a => a with { Active = true });
        (await world.CompareAsync(hash: plan)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.LastAsync()).Items.Values.Sum().ShouldBe(3);
    }

    static async Task<ComparedWorld> DriftedAsync()
    {
        var world = new ComparedWorld();
        await world.HireAsync(9);
        world.Change(1, a => a with { Active = false });
        world.Change(2, a => a.Plus("group:Odd"));
        world.Target().PutNatively("shadow", Native.Unmarked);
        return world;
    }
}
