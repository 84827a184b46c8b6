using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Storage.Sqlite.Tests;

public sealed class SqliteWorkflowHistoryTests : WorkflowHistoryListConformance, IDisposable
{
    readonly TempFolder _folder = new();
    readonly List<SqliteDatabase> _databases = [];

    public void Dispose() => _folder.Dispose();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var database in _databases)
        {
            await database.DisposeAsync();
        }
    }

    /// <summary>Each owner has its own connection to the file, as another process would.</summary>
    protected override Task<IWorkflowHistory> OpenAsync(TimeProvider clock)
    {
        var database = _folder.Open();
        _databases.Add(database);
        return Task.FromResult<IWorkflowHistory>(new SqliteWorkflowHistory(database, clock));
    }
}
