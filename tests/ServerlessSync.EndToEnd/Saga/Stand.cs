using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;
using ServerlessSync.Storage.Tables;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>What outlives a process, as the process at hand has it open.</summary>
sealed record Stand(IRowStore Rows, IWorkflowHistory History, SqliteDatabase? Database = null, TablesOptions? Tables = null) : IAsyncDisposable
{
    public static Stand InMemory() => new(new MemoryRowStore(), new MemoryWorkflowHistory(TimeProvider.System));

    /// <param name="path">The file.</param>
    /// <param name="clock">What its lease is measured by; the machine's by default.</param>
    public static Stand InFile(string path, TimeProvider? clock = null)
    {
        var database = SqliteDatabase.Open(new SqliteOptions(path));
        return new Stand(new SqliteRowStore(database), new SqliteWorkflowHistory(database, clock ?? TimeProvider.System), database);
    }

    /// <summary>Rows in Table storage, history in a file.</summary>
    /// <param name="tables">Where the rows are.</param>
    /// <param name="path">The file.</param>
    /// <param name="clock">What its lease is measured by; the machine's by default.</param>
    public static Stand InTables(TablesOptions tables, string path, TimeProvider? clock = null) =>
        InFile(path, clock) with { Rows = new TablesRowStore(tables), Tables = tables };

    /// <summary>The same data as the next process finds it.</summary>
    public async Task<Stand> OpenAgainAsync()
    {
        await DisposeAsync();
        return (Database, Tables) switch
        {
            ({ } file, { } tables) => InTables(tables, file.Path),
            ({ } file, null) => InFile(file.Path),
            _ => this,
        };
    }

    public ValueTask DisposeAsync()
    {
        (Rows as TablesRowStore)?.Dispose();
        return Database?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
