using SQLitePCL;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>One connection. Used by one thread at a time; its owner sees to that.</summary>
sealed class SqliteConnection : IDisposable
{
    const int BusyMilliseconds = 5000;
    readonly List<SqliteStatement> _statements = [];
    readonly sqlite3 _db;
    StoreException? _fatal;

    SqliteConnection(sqlite3 db, string path)
    {
        _db = db;
        Path = path;
    }

    public string Path { get; }

    public int Changes => raw.sqlite3_changes(_db);

    /// <summary>The first failure of this connection after which nothing may be acknowledged any more: the file is damaged or does not take writes.</summary>
    public StoreException? Fatal => Volatile.Read(ref _fatal);

    public long LastRowId => raw.sqlite3_last_insert_rowid(_db);

    /// <summary>Size of the write-ahead log as it lies on disk.</summary>
    public long LogBytes => new FileInfo(Path + "-wal") is { Exists: true } log ? log.Length : 0;

    /// <summary>Pages this connection has written to the write-ahead log since it was last asked.</summary>
    public int TakePagesWritten()
    {
        raw.sqlite3_db_status(_db, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    public static SqliteConnection Open(string path)
    {
        SqliteLibrary.Load();
        var code = raw.sqlite3_open_v2(path, out var db, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null);
        var connection = new SqliteConnection(db, path);
        try
        {
            connection.Require(code, raw.SQLITE_OK);
            raw.sqlite3_busy_timeout(db, BusyMilliseconds);
            connection.Execute("PRAGMA journal_mode = WAL");
            connection.Execute("PRAGMA synchronous = FULL");
            connection.Execute("PRAGMA temp_store = MEMORY");
            connection.Execute("PRAGMA wal_autocheckpoint = 0");

            // A log that once grew, because something read for long, is cut when it starts over.
            connection.Execute($"PRAGMA journal_size_limit = {Checkpointer.UsualLogBytes}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A statement that is compiled once and lives as long as the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        Require(raw.sqlite3_prepare_v3(_db, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle), raw.SQLITE_OK);
        var statement = new SqliteStatement(this, handle);
        _statements.Add(statement);
        return statement;
    }

    public void Execute(string sql)
    {
        Require(raw.sqlite3_prepare_v2(_db, sql, out var handle), raw.SQLITE_OK);
        using var statement = new SqliteStatement(this, handle);
        while (statement.Step())
        {
            // The rows of a pragma are of no interest here.
        }
    }

    public void ExecuteAll(IEnumerable<string> statements)
    {
        foreach (var sql in statements)
        {
            Execute(sql);
        }
    }

    /// <summary>Lets SQL on this connection reckon seals.</summary>
    public void TeachSeals() => Seal.Teach(_db);

    public long ReadNumber(string sql)
    {
        Require(raw.sqlite3_prepare_v2(_db, sql, out var handle), raw.SQLITE_OK);
        using var statement = new SqliteStatement(this, handle);
        return statement.Step() ? statement.Number(0) : 0;
    }

    public string ReadText(string sql)
    {
        Require(raw.sqlite3_prepare_v2(_db, sql, out var handle), raw.SQLITE_OK);
        using var statement = new SqliteStatement(this, handle);
        return statement.Step() ? statement.Text(0) : string.Empty;
    }

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_db) == 0;

    /// <summary>Copies what it can from the log into the file without waiting for anybody.</summary>
    public bool TryCheckpoint(bool truncate)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_db, null, truncate ? raw.SQLITE_CHECKPOINT_TRUNCATE : raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        if ((code & 0xff) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            return false;
        }

        Require(code, raw.SQLITE_OK);
        return true;
    }

    public void Require(int code, int expected)
    {
        if (code != expected)
        {
            var extended = raw.sqlite3_extended_errcode(_db);
            var failure = SqliteFailures.Describe((extended & 0xff) == (code & 0xff) ? extended : code, raw.sqlite3_errmsg(_db).utf8_to_string(), Path);
            if (failure.Failure is StoreFailure.CannotPersist or StoreFailure.Corrupt)
            {
                Interlocked.CompareExchange(ref _fatal, failure, null);
            }

            throw failure;
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _db.Dispose();
    }
}
