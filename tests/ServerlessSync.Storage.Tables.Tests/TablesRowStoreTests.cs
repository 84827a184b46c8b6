using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Storage.Tables.Tests;

public sealed class TablesRowStoreTests(AzuriteFixture azurite) : RowScanConformance, IClassFixture<AzuriteFixture>, IDisposable
{
    TablesRowStore? _store;

    public void Dispose() => _store?.Dispose();

    protected override Task<IRowStore> OpenAsync()
    {
        _store = new TablesRowStore(azurite.NewOptions());
        return Task.FromResult<IRowStore>(_store);
    }
}
