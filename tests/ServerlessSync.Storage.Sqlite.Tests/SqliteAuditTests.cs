using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Storage.Sqlite.Tests;

public sealed class SqliteAuditTests : AuditConformance
{
    readonly List<(TempFolder Folder, SqliteDatabase Database)> _opened = [];

    protected override int Histories => 5;

    public override async Task DisposeAsync()
    {
        foreach (var (folder, database) in _opened)
        {
            await database.DisposeAsync();
            folder.Dispose();
        }
    }

    protected override Task<IRowStore> OpenAsync()
    {
        var folder = new TempFolder();
        _opened.Add((folder, folder.Open()));
        return Task.FromResult<IRowStore>(new SqliteRowStore(_opened[^1].Database));
    }
}
