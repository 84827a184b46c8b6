using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Storage.Sqlite.Tests;

public sealed class SqliteSortedRunTests : RowSortedRunConformance
{
    readonly OpenedStore _store = OpenedStore.Open();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _store.DisposeAsync();
    }

    protected override Task<IRowStore> OpenRowsAsync() => Task.FromResult(_store.Rows);
}
