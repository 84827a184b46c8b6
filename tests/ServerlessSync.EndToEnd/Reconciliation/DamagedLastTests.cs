using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>The row of a target's newest comparison cannot be read.</summary>
public sealed class DamagedLastTests
{
    [Fact]
    public async Task Who_asks_for_a_comparison_is_told_so_and_whoever_must_mend_it_too()
    {
        var damage = new DamagingRowStore(new MemoryRowStore());
        await using var world = new ComparedWorld(OnlyReported, Stand.InMemory() with { Rows = damage });
        await world.HireAsync(3);
        await world.CompareAsync();
        var row = new RowAddress(TableNames.Reconciliations, KeyText.Encode(Everyone), "last");
        damage.Damage(row);

        var answer = await world.World.Mesh.Reconciliations.StartAsync(new ReconciliationRequest(Everyone, "r-1", DryRun: true, "ops"), CancellationToken.None);
        (answer.Decision, answer.Reason!).ShouldSatisfyAllConditions(
            a => a.Decision.ShouldBe(ReconciliationDecision.Refused),
            a => a.Item2.ShouldStartWith("What was noted of the newest comparison of 't1' is damaged."));
        (await world.World.Mesh.Reconciliations.ApplyAsync(Everyone, "hash", "ops", CancellationToken.None)).Decision.ShouldBe(ReconciliationDecision.Refused);
        (await world.World.ExceptionsAsync()).ShouldHaveSingleItem().Kind.ShouldBe("row-damaged");

        damage.Mend(row);
        (await world.World.Mesh.Reconciliations.StartAsync(new ReconciliationRequest(Everyone, "r-2", DryRun: true, "ops"), CancellationToken.None))
            .Decision.ShouldBe(ReconciliationDecision.Started);
    }
}
