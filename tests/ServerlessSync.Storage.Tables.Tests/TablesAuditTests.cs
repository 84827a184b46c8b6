using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Audit;
using ServerlessSync.TestKit.Conformance;
using Shouldly;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>Tampering with the record where it lies in the service, through the store and past it.</summary>
public sealed class TablesAuditTests(AzuriteFixture azurite) : AuditConformance, IClassFixture<AzuriteFixture>
{
    static readonly string[] Tables = [TableNames.Identities, TableNames.Checkpoints];

    readonly List<TablesRowStore> _opened = [];

    protected override int Histories => 3;

    protected override int KindsAfterErasure => Sweep.Pick(4, Tamper.Kinds.Count);

    public override Task DisposeAsync()
    {
        _opened.ForEach(store => store.Dispose());
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Whatever_is_done_to_the_stored_record_is_done_in_the_service()
    {
        string[] kinds = [.. Tamper.Kinds.Where(kind => !kind.StartsWith("anchor", StringComparison.Ordinal))];
        new Random(Sweep.Seed(1)).Shuffle(kinds);
        foreach (var kind in kinds.Take(Sweep.Pick(5, kinds.Length)))
        {
            var options = azurite.NewOptions();
            using var record = await FilledAsync(options);
            using var raw = new RawTables(options);
            var before = await raw.ReadAsync(Tables);

            await new Tamper(record, "ada", new Random(kind.Length)).DoAsync(kind);

            (await raw.ReadAsync(Tables)).ShouldNotBe(before, customMessage: kind);
        }
    }

    [Fact]
    public async Task Rows_changed_past_the_store_are_told_as_damaged_and_the_record_of_others_is_verified_all_the_same()
    {
        var options = azurite.NewOptions();
        using var record = await FilledAsync(options);
        using var raw = new RawTables(options);
        (await raw.ChangeBodyAsync(new(TableNames.Identities, "ada", AuditChain.EntryKey(2)), "{}")).ShouldBeTrue();
        (await raw.ChangeBodyAsync(new(TableNames.Identities, "cyd", AuditChain.PayloadKey(1)), "{}")).ShouldBeTrue();

        var report = await record.VerifyAsync();

        report.Faults.Where(f => f.Fault == "damaged: its checksum does not fit its content").Select(f => f.ToString())
            .ShouldBe([Damaged("ada", AuditChain.EntryKey(2)), Damaged("cyd", AuditChain.PayloadKey(1))]);
        report.Faults.ShouldAllBe(f => !f.ToString().Contains("bob", StringComparison.Ordinal));

        await new Tamper(record, "bob", new Random(1)).DoAsync("entry changed");
        (await record.VerifyAsync()).Faults.ShouldContain(f => f.ToString().Contains("bob", StringComparison.Ordinal));
    }

    protected override Task<IRowStore> OpenAsync() => Task.FromResult<IRowStore>(Open(azurite.NewOptions()));

    static string Damaged(string stream, string key) => $"{TableNames.Identities}/{stream} row {key}: damaged: its checksum does not fit its content";

    TablesRowStore Open(TablesOptions options)
    {
        _opened.Add(new TablesRowStore(options));
        return _opened[^1];
    }

    /// <summary>Three streams of three entries under two checkpoints.</summary>
    async Task<AuditRecord> FilledAsync(TablesOptions options)
    {
        var record = new AuditRecord(Open(options));
        foreach (var entries in (int[])[1, 2])
        {
            await record.AddAsync("ada", entries);
            await record.AddAsync("bob", entries);
            await record.AddAsync("cyd", entries);
            (await record.CheckpointAsync()).ShouldBeTrue();
            record.Clock.Advance(Checkpointer.Interval);
        }

        (await record.VerifyAsync()).Faults.ShouldBeEmpty();
        return record;
    }
}
