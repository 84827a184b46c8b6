using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>What outlives a process, as the process at hand has it open.</summary>
sealed record Stand(IRowStore Rows, IWorkflowHistory History, SqliteDatabase? Database = null) : IAsyncDisposable
{
    public static Stand InMemory() => new(new MemoryRowStore(), new MemoryWorkflowHistory(TimeProvider.System));

    /// <param name="path">The file.</param>
    /// <param name="clock">What its lease is measured by; the machine's by default.</param>
    public static Stand InFile(string path, TimeProvider? clock = null)
    {
        var database = SqliteDatabase.Open(new SqliteOptions(path));
        return new Stand(new SqliteRowStore(database), new SqliteWorkflowHistory(database, clock ?? TimeProvider.System), database);
    }

    /// <summary>The same data as the next process finds it.</summary>
    public async Task<Stand> OpenAgainAsync()
    {
        await DisposeAsync();
        return Database is { } file ? InFile(file.Path) : this;
    }

    public ValueTask DisposeAsync() => Database?.DisposeAsync() ?? ValueTask.CompletedTask;
}
