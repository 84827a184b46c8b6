namespace ServerlessSync.Storage.Sqlite;

/// <summary>What work may use on the writer's thread: its connection's statements and ascending numbers.</summary>
sealed class WriteSession
{
    const long Block = 1_000_000;
    readonly SqliteStatement _reserve;
    long _last;
    long _end;

    public WriteSession(SqliteConnection connection)
    {
        Rows = new(connection);
        History = new(connection);
        _reserve = connection.Prepare("UPDATE numbers SET reserved = reserved + ?1 RETURNING reserved");
    }

    public RowStatements Rows { get; }

    public HistoryStatements History { get; }

    /// <summary>
    /// A number higher than any given before for this file, also by earlier processes: they are reserved by the block, so that one costs nothing.
    /// </summary>
    public long NextNumber()
    {
        if (_last == _end)
        {
            _reserve.Bind(1, Block).Step();
            _end = _reserve.Number(0);
            _last = _end - Block;
            while (_reserve.Step())
            {
                // The statement counts as done only when its last row was taken.
            }
        }

        return ++_last;
    }

    /// <summary>A transaction has begun: what an earlier one had read of the lease no longer counts.</summary>
    public void Begun() => History.ForgetLease();

    /// <summary>The reservation may have gone with the transaction.</summary>
    public void RolledBack() => _last = _end = 0;
}
