using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Storage.Sqlite.Tests;

public sealed class SqliteRowStoreTests : RowScanConformance
{
    readonly OpenedStore _store = OpenedStore.Open();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _store.DisposeAsync();
    }

    protected override Task<bool> DamageAsync(RowAddress address) => Task.FromResult(
        FileSql.Run(_store.File, $"UPDATE rows SET body = CAST(body || 'x' AS BLOB) WHERE tbl = '{address.Table}' AND pk = '{address.Partition}' AND rk = '{address.Key}'") == 1);

    protected override Task<IRowStore> OpenAsync() => Task.FromResult(_store.Rows);
}
