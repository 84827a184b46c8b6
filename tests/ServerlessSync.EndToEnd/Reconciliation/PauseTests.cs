using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>An operator stops a comparison, and lets it go on.</summary>
public sealed class PauseTests
{
    const int Drifted = 9;
    const int First = 3;

    [Fact]
    public async Task Paused_while_it_sends_drift_on_nothing_more_is_sent()
    {
        var rows = new PausingRowStore(new MemoryRowStore(), First + 2);
        await using var world = await DisabledAsync(rows);
        rows.Then = () => PauseAsync(world);

        var report = await world.CompareAsync();

        report.Outcome.ShouldBe(ReconciliationOutcome.Held);
        report.Reason.ShouldBe("it was paused and not resumed in time");
        rows.Queued.ShouldBe(First + 2, "that one was on its way");
        await world.SettleAsync();
        Enumerable.Range(0, Drifted).Count(person => world.Target().Native[Key(person)].Active).ShouldBe(First + 2, "what was sent is mended");
        (await world.OpenAsync()).ShouldAllBe(item => item.State == DriftState.Held);
    }

    [Fact]
    public async Task Resumed_it_sends_the_rest_and_nothing_twice()
    {
        var rows = new PausingRowStore(new MemoryRowStore(), First + 2);
        await using var world = await DisabledAsync(rows);
        var paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rows.Then = async () =>
        {
            await PauseAsync(world);
            paused.SetResult();
        };
        var before = world.World.Script.Effects.Count;

        var ending = world.EndAsync(await world.BeginAsync());
        await paused.Task;
        (await world.World.Mesh.Reconciliations.ResumeAsync(Everyone, "ops", CancellationToken.None)).Outcome.ShouldBe(PauseOutcome.Done);

        (await ending).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        await world.SettleAsync();
        rows.Queued.ShouldBe(Drifted);
        world.World.Script.Effects.Skip(before).Count(e => e.Operation == "enable").ShouldBe(Drifted);
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_pauses_and_resumes_is_in_the_audit_and_what_is_so_already_is_said()
    {
        await using var world = await DisabledAsync(new MemoryRowStore());
        var requests = world.World.Mesh.Reconciliations;
        (await requests.PauseAsync(Everyone, "ops", CancellationToken.None)).ShouldBe(new PauseAnswer(PauseOutcome.NotUnderWay));
        (await requests.PauseAsync("t9", "ops", CancellationToken.None)).ShouldBe(new PauseAnswer(PauseOutcome.UnknownTarget));
        await world.Stores.Reconciliations.BeginAsync(Everyone, "run", Row, CancellationToken.None);

        (await requests.ResumeAsync(Everyone, "ops", CancellationToken.None)).ShouldBe(new PauseAnswer(PauseOutcome.AlreadySo, "run"));
        (await requests.PauseAsync(Everyone, "ops", CancellationToken.None)).ShouldBe(new PauseAnswer(PauseOutcome.Done, "run"));
        var since = (await world.LastAsync()).PausedAt.ShouldNotBeNull();
        world.World.Clock.Advance(TimeSpan.FromHours(1));
        (await requests.PauseAsync(Everyone, "other", CancellationToken.None)).ShouldBe(new PauseAnswer(PauseOutcome.AlreadySo, "run"));
        (await world.LastAsync()).PausedAt.ShouldBe(since);
        (await requests.ResumeAsync(Everyone, "other", CancellationToken.None)).ShouldBe(new PauseAnswer(PauseOutcome.Done, "run"));
        (await world.LastAsync()).PausedAt.ShouldBeNull();

        var trail = await Trail.ReadAsync(world.World.Rows, "system");
        trail.ShouldAllBe(e => e.Entry.Kind == AuditKind.Operator);
        trail.Select(e => $"{e.Content["requestedBy"]} {e.Content["asks"]} {e.Content["target"]} {e.Content["run"]}").ShouldBe(["ops pause t1 run", "other resume t1 run"]);
        (await new AuditVerifier(world.World.Rows).VerifyAsync(CancellationToken.None)).Faults.ShouldBeEmpty();
        await foreach (var view in world.Stores.Registry.ReadAllAsync(null, CancellationToken.None))
        {
            view.Record.Id.ShouldNotBe("system", "it is nobody");
        }
    }

    static ReconciliationRun Row(long number) => new()
    {
        Target = Everyone, Number = number, Run = "run", AskedBy = "ops", DryRun = false, Configuration = "c", StartedAt = DateTimeOffset.UnixEpoch,
    };

    static async Task PauseAsync(ComparedWorld world) =>
        (await world.World.Mesh.Reconciliations.PauseAsync(Everyone, "ops", CancellationToken.None)).Outcome.ShouldBe(PauseOutcome.Done);

    static async Task<ComparedWorld> DisabledAsync(IRowStore rows)
    {
        var configuration = new ReconcileConfiguration
        {
            Canary = First,
            Guards = Enum.GetValues<DriftKind>().ToDictionary(kind => kind, _ => new GuardConfiguration(100, 1000, 0)),
        };
        var world = new ComparedWorld(configuration, Stand.InMemory() with { Rows = rows });
        world.World.Configuration = world.World.Configuration with { Deadlines = world.World.Configuration.Deadlines with { Exception = TimeSpan.FromHours(1) } };
        await world.HireAsync(12);
        foreach (var person in Enumerable.Range(0, Drifted))
        {
            world.Change(person, a => a with { Active = false });
        }

        return world;
    }
}
