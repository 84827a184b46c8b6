using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>An operator terminates a comparison that is under way.</summary>
public sealed class TerminatedTests
{
    const string Run = "compare-stopped";
    const int Drifted = 9;
    const int First = 3;

    static readonly ReconcileConfiguration Reconcile = new()
    {
        Canary = First,
        Guards = Enum.GetValues<DriftKind>().ToDictionary(kind => kind, _ => new GuardConfiguration(100, 1000, 0)),
    };

    [Fact]
    public async Task While_it_sends_drift_on_nothing_more_is_sent_its_owner_is_told_and_the_next_one_sends_the_rest()
    {
        var rows = new PausingRowStore(new MemoryRowStore(), First + 2);
        await using var world = await DisabledAsync(rows);
        rows.Then = () => TerminateAsync(world);

        await EndAllAsync(world, () => world.BeginAsync(run: Run));

        rows.Queued.ShouldBe(First + 2, "that one was on its way");
        (await world.LastAsync()).EndedAt.ShouldBeNull("its workflow ended without it");
        await TimerOf(world).RunAsync(CancellationToken.None);
        await ShouldBeToldAsync(world, held: Drifted - First - 2);

        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        await world.SettleAsync();
        (await world.OpenAsync()).ShouldBeEmpty();
        Enumerable.Range(0, Drifted).ShouldAllBe(person => world.Target().Native[Key(person)].Active);
        (await world.World.ExceptionsAsync()).ShouldBeEmpty("a good one settles it");
    }

    [Fact]
    public async Task While_it_looks_again_nothing_is_opened_and_the_next_one_begins_though_nobody_looked_after_it()
    {
        await using var world = await DisabledAsync(new MemoryRowStore());
        var once = 0;
        world.World.Script.On = call => call is { Target: Everyone, Operation: "find" } && Interlocked.Exchange(ref once, 1) == 0
            ? Behaviour.Hold(TerminateAsync(world))
            : Behaviour.Obey;

        await EndAllAsync(world, () => world.BeginAsync(run: Run));
        once.ShouldBe(1);
        (await world.OpenAsync()).ShouldBeEmpty();

        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        var ended = (await world.Stores.Reconciliations.FindAsync(Everyone, 1, CancellationToken.None))!;
        (ended.Outcome, ended.Reason).ShouldBe((ReconciliationOutcome.Abandoned, "its workflow ended without it"));
    }

    [Fact]
    public async Task What_it_found_that_cannot_be_read_keeps_the_next_one_from_nothing()
    {
        var damage = new DamagingRowStore(new MemoryRowStore());
        await using var world = await DisabledAsync(damage);
        await world.Stores.Reconciliations.BeginAsync(Everyone, Run, Row, CancellationToken.None);
        await world.Stores.Suspects.AddAsync(Everyone, 1, [new Suspect { IdentityId = Id(1) }], CancellationToken.None);
        damage.Damage(row => row.Table == TableNames.Reconciliations && row.Key.StartsWith("s-", StringComparison.Ordinal) && row.Partition.EndsWith('1'));

        await TimerOf(world).RunAsync(CancellationToken.None);

        (await world.LastAsync()).Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        (await world.World.ExceptionsAsync()).ShouldContain(e => e.Kind == "row-damaged");
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
    }

    static async Task ShouldBeToldAsync(ComparedWorld world, int held)
    {
        var last = await world.LastAsync();
        (last.Outcome, last.Reason).ShouldBe((ReconciliationOutcome.Held, "its workflow ended without it"));
        last.Items.ShouldBe(new Dictionary<DriftState, int> { [DriftState.Held] = held, [DriftState.Queued] = Drifted - held }, ignoreOrder: true);
        var told = (await world.World.ExceptionsAsync()).ShouldHaveSingleItem();
        told.Kind.ShouldBe("reconciliation");
        told.Reason.ShouldBe("Comparison 1 of t1 was held back: its workflow ended without it");
        (await world.OpenAsync()).Count(item => item.State == DriftState.Held).ShouldBe(held);
    }

    static ReconcileTimer TimerOf(ComparedWorld world) => new(world.World.Configuration, world.Stores, world.World.Mesh.Reconciliations, NullLogger.Instance);

    static ReconciliationRun Row(long number) => new()
    {
        Target = Everyone, Number = number, Run = Run, AskedBy = "ops", DryRun = false, Configuration = "c", StartedAt = DateTimeOffset.UnixEpoch,
    };

    static async Task TerminateAsync(ComparedWorld world)
    {
        await world.World.Client.TerminateInstanceAsync(Run, "stop", CancellationToken.None);
        await world.World.Client.WaitForInstanceCompletionAsync(Run, CancellationToken.None);
    }

    /// <summary>Carries a terminated comparison, and all it has begun, to its end.</summary>
    static async Task EndAllAsync(ComparedWorld world, Func<Task> begin)
    {
        await begin();
        try
        {
            await world.EndAsync(Run);
        }
        catch (ShouldAssertException)
        {
            // It was terminated, and did not complete.
        }

        (await world.World.Client.GetInstanceAsync(Run, CancellationToken.None))!.Status.ShouldBe(WorkflowStatus.Terminated);
        await world.SettleAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while ((await world.World.History.ListAsync(new WorkflowInstanceQuery { PageSize = 1000, InstanceIdPrefix = Run }, limit.Token)).Instances.Any(i => !i.HasEnded))
        {
            await world.World.SettleAsync(limit.Token);
            await Task.Yield();
        }
    }

    static async Task<ComparedWorld> DisabledAsync(IRowStore rows)
    {
        var world = new ComparedWorld(Reconcile, Stand.InMemory() with { Rows = rows });
        await world.HireAsync(12);
        foreach (var person in Enumerable.Range(0, Drifted))
        {
            world.Change(person, a => a with { Active = false });
        }

        return world;
    }
}
