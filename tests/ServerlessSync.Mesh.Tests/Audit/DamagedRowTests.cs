using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Audit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Audit;

/// <summary>Rows whose checksum does not fit are findings that name the row, and the rest is verified as ever.</summary>
public sealed class DamagedRowTests
{
    [Theory]
    [InlineData("identities", "ada", "audit")]
    [InlineData("identities", "ada", "audit-000000000002")]
    [InlineData("identities", "ada", "payload-000000000002")]
    [InlineData("checkpoints", "chain", "checkpoint-000000000001")]
    [InlineData("checkpoints", "chain", "anchored")]
    [InlineData("checkpoints", null, "000000")]
    public async Task A_damaged_row_is_named_and_stops_nothing(string table, string? partition, string key)
    {
        var store = new DamagingRowStore(new MemoryRowStore());
        using var record = new AuditRecord(store);
        await record.AddAsync("ada", 3);
        await record.AddAsync("bob", 2);
        (await record.CheckpointAsync()).ShouldBeTrue();
        (await record.VerifyAsync()).Faults.ShouldBeEmpty();

        store.Damage(row => row.Table == table && (partition is null || row.Partition == partition) && row.Key == key);
        var report = await record.VerifyAsync();

        report.Faults.ShouldContain(f => f.Place.StartsWith($"{table}/{partition}", StringComparison.Ordinal) && f.Place.EndsWith($"row {key}", StringComparison.Ordinal));
        report.Faults.ShouldAllBe(f => f.Stream != "bob");
        report.Entries.ShouldBe(5);
        report.Streams.ShouldBe(2);
    }
}
