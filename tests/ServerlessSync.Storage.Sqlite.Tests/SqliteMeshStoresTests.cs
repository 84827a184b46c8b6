using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Storage.Sqlite.Tests;

public sealed class SqliteMeshStoresTests : MeshStoresConformance, IDisposable
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

    protected override Task<IRowStore> OpenAsync()
    {
        _database = _folder.Open();
        return Task.FromResult<IRowStore>(new SqliteRowStore(_database));
    }
}
