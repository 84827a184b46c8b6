using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>What no comparison mends, because a person chose to leave it or its row cannot be read, takes no room in the guard of a day.</summary>
public sealed class IgnoredDriftTests
{
    const int Comparisons = 3;

    static readonly ReconcileConfiguration TwoOf24 = new()
    {
        Guards = new Dictionary<DriftKind, GuardConfiguration> { [DriftKind.Status] = new(Percent: 10, Count: 50, MinimumPopulation: 20) },
    };

    [Fact]
    public async Task What_a_person_ignored_is_not_counted_however_often_it_is_found()
    {
        await using var world = new ComparedWorld(TwoOf24);
        await world.HireAsync(24);
        world.Change(0, a => a with { Active = false });
        await IgnoreAsync(world, 0);
        for (var time = 0; time < Comparisons; time++)
        {
            (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
            var run = await world.LastAsync();
            (run.ToMend, run.LetThrough.Count).ShouldBe((0, 0));
            run.Items.ShouldBe(new Dictionary<DriftState, int> { [DriftState.Settled] = 1 });
        }

        await TwoMoreAreMendedAsync(world);
        world.Target().Native[Key(0)].Active.ShouldBeFalse();
    }

    [Fact]
    public async Task What_came_to_something_ignored_is_mended_and_counted_again()
    {
        await using var world = new ComparedWorld(TwoOf24);
        await world.HireAsync(24);
        world.Change(0, a => a with { Active = false });
        await IgnoreAsync(world, 0);
        world.Change(0, a => a.Plus("group:Odd"));
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.LastAsync()).LetThrough[DriftKind.Status].ShouldBe(1);
        await world.SettleAsync();
        world.Target().Native[Key(0)].Active.ShouldBeTrue();
    }

    [Fact]
    public async Task A_drift_that_cannot_be_read_is_not_counted_however_often_it_is_found()
    {
        var damage = new DamagingRowStore(new MemoryRowStore());
        await using var world = new ComparedWorld(TwoOf24, Stand.InMemory() with { Rows = damage });
        await world.HireAsync(24);
        world.Change(0, a => a with { Active = false });
        await IgnoreAsync(world, 0);
        var row = await world.World.Rows.ScanAsync(TableNames.Drifts, KeyRange.All, CancellationToken.None)
            .FirstAsync(r => r.Key.EndsWith($"i-{KeyText.Encode(Id(0))}", StringComparison.Ordinal) && !r.Partition.EndsWith("queue", StringComparison.Ordinal));
        damage.Damage(new RowAddress(TableNames.Drifts, row.Partition, row.Key));
        for (var time = 0; time < Comparisons; time++)
        {
            await world.CompareAsync();
            var run = await world.LastAsync();
            (run.ToMend, run.LetThrough.Count).ShouldBe((0, 0));
        }

        await TwoMoreAreMendedAsync(world);
    }

    static async Task TwoMoreAreMendedAsync(ComparedWorld world)
    {
        world.Change(1, a => a with { Active = false });
        world.Change(2, a => a with { Active = false });
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Completed, report.Reason);
        await world.SettleAsync();
        (world.Target().Native[Key(1)].Active, world.Target().Native[Key(2)].Active).ShouldBe((true, true));
    }

    /// <summary>Opens what is found of somebody and leaves it as it is, as a person would.</summary>
    static async Task IgnoreAsync(ComparedWorld world, int person)
    {
        await world.CompareAsync(dryRun: true);
        var (_, suspect) = await world.Stores.Suspects.ReadAsync(Everyone, (await world.LastAsync()).Number, null, CancellationToken.None)
            .FirstAsync(s => s.Suspect.IdentityId == Id(person));
        var item = new DriftItem
        {
            Target = Everyone, IdentityId = Id(person), Findings = suspect.Findings, OpenedAt = world.World.Clock.GetUtcNow(), FoundBy = "before",
        };
        var open = await world.Stores.Drifts.OpenAsync(item, DriftState.Asked, CancellationToken.None);
        (await world.Stores.Drifts.IgnoreAsync(open, "ignored by ops", CancellationToken.None)).ShouldBeTrue();
    }
}
