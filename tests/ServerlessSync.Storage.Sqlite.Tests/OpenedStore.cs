using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>A row store on a file of its own, both gone after the test.</summary>
sealed class OpenedStore : IAsyncDisposable
{
    readonly TempFolder _folder;
    readonly SqliteDatabase _database;

    OpenedStore(TempFolder folder)
    {
        _folder = folder;
        _database = folder.Open();
        Rows = new SqliteRowStore(_database);
    }

    public IRowStore Rows { get; }

    public string File => _folder.File;

    public static OpenedStore Open() => new(new TempFolder());

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }
}
