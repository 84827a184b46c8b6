using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Storage.Tables.Tests;

public sealed class TablesSortedRunTests(AzuriteFixture azurite) : RowSortedRunConformance, IClassFixture<AzuriteFixture>, IDisposable
{
    TablesRowStore? _store;

    public void Dispose() => _store?.Dispose();

    protected override Task<IRowStore> OpenRowsAsync()
    {
        _store = new TablesRowStore(azurite.NewOptions());
        return Task.FromResult<IRowStore>(_store);
    }
}
