using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>Comparisons as they are asked for.</summary>
public sealed class RequestTests
{
    [Fact]
    public async Task What_is_asked_for_twice_under_one_id_is_one_comparison_with_its_note()
    {
        await using var world = await DriftedAsync();
        var asked = new ReconciliationRequest(Everyone, "reconcile-t1-night", DryRun: true, ReconciliationRequest.Schedule, "five minutes late");
        (await world.World.Mesh.Reconciliations.StartAsync(asked, CancellationToken.None)).ShouldBe(new ReconciliationAnswer(ReconciliationDecision.Started, asked.Run));
        (await world.World.Mesh.Reconciliations.StartAsync(asked, CancellationToken.None)).ShouldBe(new ReconciliationAnswer(ReconciliationDecision.Started, asked.Run));
        await world.EndAsync(asked.Run);
        var run = await world.LastAsync();
        (run.Number, run.AskedBy, run.Note, run.DryRun).ShouldBe((1, "schedule", "five minutes late", true));
    }

    [Fact]
    public async Task A_plan_is_applied_once_however_often_it_is_asked_for_and_another_one_never()
    {
        await using var world = await DriftedAsync();
        var plan = (await world.CompareAsync(dryRun: true)).PlanHash!;
        (await world.World.Mesh.Reconciliations.ApplyAsync(Everyone, plan[..^1] + "x", "ops", CancellationToken.None)).Decision.ShouldBe(ReconciliationDecision.OtherPlan);
        var started = await world.World.Mesh.Reconciliations.ApplyAsync(Everyone, plan, "ops", CancellationToken.None);
        started.Decision.ShouldBe(ReconciliationDecision.Started);
        (await world.EndAsync(started.Run!)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        await world.SettleAsync();
        world.Target().Native[Key(1)].Active.ShouldBeTrue();
        (await world.LastAsync()).AskedBy.ShouldBe("ops");
    }

    [Fact]
    public async Task Nobody_is_compared_twice_at_once_and_no_stranger_at_all()
    {
        await using var world = await DriftedAsync();
        var stopped = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        world.Paged(Everyone).OnPage = (_, page) =>
        {
            reached.TrySetResult();
            stopped.Task.GetAwaiter().GetResult();
            return page;
        };
        var run = await world.BeginAsync();
        await reached.Task;
        var asked = new ReconciliationRequest(Everyone, "reconcile-t1-other", DryRun: true, "ops");
        (await world.World.Mesh.Reconciliations.StartAsync(asked, CancellationToken.None)).ShouldBe(new ReconciliationAnswer(ReconciliationDecision.UnderWay, run));
        (await world.World.Mesh.Reconciliations.StartAsync(asked with { Target = "t9" }, CancellationToken.None)).Decision.ShouldBe(ReconciliationDecision.UnknownTarget);
        stopped.SetResult();
        await world.EndAsync(run);
    }

    static async Task<ComparedWorld> DriftedAsync()
    {
        var world = new ComparedWorld();
        await world.HireAsync(3);
        world.Change(1, a => a with { Active = false });
        return world;
    }
}
