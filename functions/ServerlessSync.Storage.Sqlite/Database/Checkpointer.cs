namespace ServerlessSync.Storage.Sqlite;

/// <summary>
/// Moves the write-ahead log into the file. A thread with its own connection copies the bulk while writes go on; then the writer copies
/// the short rest, after which the log starts over. So no writer waits for a whole log, and the log stays near its usual size, also when
/// each process dies before it has written enough for a copy of its own.
/// </summary>
sealed class Checkpointer : IDisposable
{
    /// <summary>How long the log gets before a copy begins: so long that a page written often is copied once.</summary>
    public const long UsualLogBytes = PagesBetween * 4096L;

    const int PagesBetween = 16384;

    readonly AutoResetEvent _wake = new(initialState: false);
    readonly SqliteConnection _connection;
    readonly Thread _thread;
    volatile bool _bulkCopied;
    volatile bool _stopping;
    int _pages;

    public Checkpointer(SqliteConnection connection)
    {
        _connection = connection;
        if (connection.LogBytes > UsualLogBytes)
        {
            _wake.Set();
        }

        _thread = new(Run) { IsBackground = true, Name = "sqlite checkpoint" };
        _thread.Start();
    }

    /// <summary>The failure after which the writer must stop: this connection writes to the same disk.</summary>
    public StoreException? Fatal => _connection.Fatal;

    /// <summary>Called by the writer after each group, on its thread and with its connection.</summary>
    public void AfterGroup(SqliteConnection writer)
    {
        if (_bulkCopied)
        {
            _bulkCopied = false;
            writer.TryCheckpoint(truncate: false);
        }

        _pages += writer.TakePagesWritten();
        if (_pages >= PagesBetween)
        {
            _pages = 0;
            _wake.Set();
        }
    }

    /// <summary>Ends; called when the writer has ended. Empties the log into the file.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        try
        {
            _connection.TryCheckpoint(truncate: true);
        }
        catch (StoreException)
        {
            // The log keeps everything that was acknowledged; the next open reads it.
        }

        _connection.Dispose();
        _wake.Dispose();
    }

    void Run()
    {
        while (_wake.WaitOne() && !_stopping)
        {
            try
            {
                _connection.TryCheckpoint(truncate: false);
            }
            catch (StoreException)
            {
                // Nothing is lost: the log has it all. The writer looks at the failure after its next group and stops.
            }

            _bulkCopied = true;
        }
    }
}
