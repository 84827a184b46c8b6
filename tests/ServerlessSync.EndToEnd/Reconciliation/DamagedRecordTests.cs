using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>Rows that cannot be read: their identity is left out and handed to its owner, the others are compared, and nothing is settled for it.</summary>
public sealed class DamagedRecordTests
{
    [Fact]
    public async Task An_identity_that_cannot_be_read_is_left_out_and_nobody_calls_its_account_a_stranger()
    {
        var damage = new DamagingRowStore(new MemoryRowStore());
        await using var world = new ComparedWorld(OnlyReported, Stand.InMemory() with { Rows = damage });
        await world.HireAsync(9);
        world.Change(2, a => a with { Active = false });
        world.Change(5, a => a with { Active = false });
        await world.CompareAsync();
        (await world.OpenAsync()).Count.ShouldBe(2);
        damage.Damage(new RowAddress(TableNames.Identities, Id(2), "record"));
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.LastAsync()).Unreadable.ShouldBe(1);
        (await world.FoundAsync()).ShouldBe([Line(Id(5), DriftKind.Status)]);
        (await world.OpenAsync()).Count.ShouldBe(2, "what cannot be read settles nothing");
        (await world.World.ExceptionsAsync()).ShouldHaveSingleItem().Kind.ShouldBe("row-damaged");
    }
}
