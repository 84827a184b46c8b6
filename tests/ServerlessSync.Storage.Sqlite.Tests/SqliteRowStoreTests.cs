using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Storage.Sqlite.Tests;

public sealed class SqliteRowStoreTests : RowScanConformance, IDisposable
{
    readonly TempFolder _folder = new();
    SqliteDatabase? _database;

    public void Dispose() => _folder.Dispose();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    protected override Task<bool> DamageAsync(RowAddress address) => Task.FromResult(
        FileSql.Run(_folder.File, $"UPDATE rows SET body = CAST(body || 'x' AS BLOB) WHERE tbl = '{address.Table}' AND pk = '{address.Partition}' AND rk = '{address.Key}'") == 1);

    protected override Task<IRowStore> OpenAsync()
    {
        _database = _folder.Open();
        return Task.FromResult<IRowStore>(new SqliteRowStore(_database));
    }
}
