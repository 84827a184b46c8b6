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

    [Fact]
    public async Task A_drift_that_cannot_be_read_holds_up_no_other()
    {
        var damage = new DamagingRowStore(new MemoryRowStore());
        await using var world = new ComparedWorld(stand: Stand.InMemory() with { Rows = damage });
        await world.HireAsync(6);
        world.Change(2, a => a with { Active = false });
        world.Change(5, a => a with { Active = false });
        await DamageDriftAsync(world, damage, 2);
        await world.CompareAsync();
        await world.SettleAsync();
        (world.Target().Native[Key(2)].Active, world.Target().Native[Key(5)].Active).ShouldBe((false, true));
        (await world.World.ExceptionsAsync()).ShouldHaveSingleItem().Kind.ShouldBe("row-damaged");
    }

    [Fact]
    public async Task A_queued_drift_that_cannot_be_read_keeps_the_sweep_from_no_other()
    {
        var damage = new DamagingRowStore(new MemoryRowStore());
        await using var world = new ComparedWorld(stand: Stand.InMemory() with { Rows = damage });
        await world.HireAsync(6);
        var now = world.World.Clock.GetUtcNow();
        var people = Enumerable.Range(0, 6).OrderBy(Id, StringComparer.Ordinal).ToList();
        foreach (var person in people)
        {
            world.Change(person, a => a with { Active = false });
            var finding = new DriftFinding(DriftKind.Status, string.Empty, "active", "disabled", now, now);
            await world.Stores.Drifts.OpenAsync(
                new DriftItem { Target = Everyone, IdentityId = Id(person), Findings = [finding], OpenedAt = now, FoundBy = "before" }, DriftState.Queued, CancellationToken.None);
        }

        await DamageDriftAsync(world, damage, people[0]);
        await world.World.Mesh.SweepOnceAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (people.Count(person => world.Target().Native[Key(person)].Active) < 5)
        {
            await Task.Yield();
            await world.World.SettleAsync(limit.Token);
        }

        world.Target().Native[Key(people[0])].Active.ShouldBeFalse();
    }

    [Fact]
    public async Task A_note_of_what_was_read_that_cannot_be_read_ends_the_comparison_and_the_next_one_reads_anew()
    {
        var damage = new DamagingRowStore(new MemoryRowStore());
        await using var world = new ComparedWorld(OnlyReported, Stand.InMemory() with { Rows = damage });
        await world.HireAsync(6);
        world.Change(2, a => a with { Active = false });
        damage.Damage(row => row.Table == TableNames.Reconciliations && row.Key.StartsWith("c-read-accounts", StringComparison.Ordinal));
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        report.Reason!.ShouldContain("what was noted of it is damaged");
        damage.Damage(_ => false);
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.FoundAsync()).ShouldBe([Line(Id(2), DriftKind.Status)]);
    }

    static async Task DamageDriftAsync(ComparedWorld world, DamagingRowStore damage, int person)
    {
        var finding = new DriftFinding(DriftKind.Status, string.Empty, null, null, default, default);
        await world.Stores.Drifts.OpenAsync(
            new DriftItem { Target = Everyone, IdentityId = Id(person), Findings = [finding], OpenedAt = default, FoundBy = "before" }, DriftState.Asked, CancellationToken.None);
        var row = await world.World.Rows.ScanAsync(TableNames.Drifts, KeyRange.All, CancellationToken.None)
            .FirstAsync(r => r.Key.EndsWith($"i-{KeyText.Encode(Id(person))}", StringComparison.Ordinal) && !r.Partition.EndsWith("queue", StringComparison.Ordinal));
        damage.Damage(new RowAddress(TableNames.Drifts, row.Partition, row.Key));
    }
}
