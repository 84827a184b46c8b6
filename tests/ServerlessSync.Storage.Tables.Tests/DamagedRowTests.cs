using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Tables.Client;
using Shouldly;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>Rows changed behind the store's back, by the service's own interface.</summary>
public sealed class DamagedRowTests : IClassFixture<AzuriteFixture>, IDisposable
{
    static readonly RowAddress B = new("things", "p", "b");

    readonly TablesRowStore _store;
    readonly RawTables _raw;

    public DamagedRowTests(AzuriteFixture azurite)
    {
        var options = azurite.NewOptions();
        (_store, _raw) = (new TablesRowStore(options), new RawTables(options));
    }

    static CancellationToken None => CancellationToken.None;

    public void Dispose()
    {
        _store.Dispose();
        _raw.Dispose();
    }

    [Fact]
    public async Task A_row_whose_content_was_changed_is_damaged_and_can_be_replaced_as_it_was_read()
    {
        await Fill();
        (await _raw.ChangeBodyAsync(B, "onf")).ShouldBeTrue();

        var row = (await _store.GetAsync(B, None)).ShouldNotBeNull();
        (row.Damaged, row.Body.Length).ShouldBe((true, 0));
        (await ScanAsync()).ShouldBe(["a False", "b True", "c False"]);

        (await _store.CommitAsync(new("things", "p", RowWrite.Replace("b", row.ETag, "x"u8.ToArray())), None)).Committed.ShouldBeTrue();
        (await ScanAsync()).ShouldBe(["a False", "b False", "c False"]);
    }

    [Fact]
    public async Task A_sound_row_put_in_the_place_of_another_is_damaged_there()
    {
        await Fill();
        var entity = (await _raw.FindAsync(B with { Key = "a" })).ShouldNotBeNull();
        await _raw.Table("things").UpsertEntityAsync(entity with { RowKey = "c" }, None);

        (await ScanAsync()).ShouldBe(["a False", "b False", "c True"]);
    }

    [Fact]
    public async Task A_row_somebody_else_wrote_without_our_properties_is_damaged()
    {
        await Fill();
        await _raw.Table("things").UpsertEntityAsync(new TableEntity("p", "b"), None);

        (await ScanAsync()).ShouldBe(["a False", "b True", "c False"]);
    }

    async Task Fill() => (await _store.CommitAsync(
        new("things", "p", [.. ((string[])["a", "b", "c"]).Select(key => RowWrite.Insert(key, "one"u8.ToArray()))]), None)).Committed.ShouldBeTrue();

    async Task<List<string>> ScanAsync()
    {
        var rows = new List<string>();
        await foreach (var row in _store.ScanAsync("things", KeyRange.All, None))
        {
            rows.Add($"{row.Key} {row.Damaged}");
        }

        return rows;
    }
}
