using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Storage.Tables.Tests;

public sealed class TablesRowStoreTests(AzuriteFixture azurite) : RowScanConformance, IClassFixture<AzuriteFixture>, IDisposable
{
    readonly TablesOptions _options = azurite.NewOptions();
    TablesRowStore? _store;

    public void Dispose() => _store?.Dispose();

    protected override async Task<bool> DamageAsync(RowAddress address)
    {
        using var raw = new RawTables(_options);
        return await raw.ChangeBodyAsync(address, "not what was written");
    }

    protected override Task<IRowStore> OpenAsync()
    {
        _store = new TablesRowStore(_options);
        return Task.FromResult<IRowStore>(_store);
    }
}
