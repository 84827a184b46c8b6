namespace ServerlessSync.Storage.Sqlite;

/// <summary>A connection that reads, with its statements.</summary>
sealed class ReadSession : IDisposable
{
    readonly SqliteConnection _connection;
    readonly SqliteStatement _begin;
    readonly SqliteStatement _end;

    public ReadSession(SqliteConnection connection)
    {
        _connection = connection;
        connection.Execute("PRAGMA query_only = ON");
        _begin = connection.Prepare("BEGIN");
        _end = connection.Prepare("COMMIT");
        Rows = new(connection);
        History = new(connection);
    }

    public RowQueries Rows { get; }

    public HistoryQueries History { get; }

    /// <summary>Reads with several statements what was there at one moment.</summary>
    public T AtOnce<T>(Func<HistoryQueries, T> read)
    {
        _begin.Run();
        try
        {
            return read(History);
        }
        finally
        {
            _end.Run();
        }
    }

    public void Dispose() => _connection.Dispose();
}
