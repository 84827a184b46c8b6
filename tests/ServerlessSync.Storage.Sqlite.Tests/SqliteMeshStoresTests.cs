using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Storage.Sqlite.Tests;

public sealed class SqliteMeshStoresTests : MeshStoresConformance
{
    readonly OpenedStore _store = OpenedStore.Open();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _store.DisposeAsync();
    }

    protected override Task<IRowStore> OpenAsync() => Task.FromResult(_store.Rows);
}
