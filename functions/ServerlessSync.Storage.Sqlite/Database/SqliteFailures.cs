using SQLitePCL;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>What each SQLite result code means to the callers of a store.</summary>
static class SqliteFailures
{
    public static StoreException Describe(int code, string message, string path)
    {
        var text = $"SQLite {code} on '{path}': {message}.";
        return (code & 0xff) switch
        {
            raw.SQLITE_BUSY => new FileBusyException($"{text} Another process is in the middle of a write; one that hangs or was stopped must be ended."),
            raw.SQLITE_FULL => new(StoreFailure.CannotPersist, $"{text} The disk is full or the file has reached its limit; make room and start again."),
            raw.SQLITE_IOERR => new(StoreFailure.CannotPersist, $"{text} The disk does not take writes; mend it and start again."),
            raw.SQLITE_READONLY or raw.SQLITE_PERM => new(StoreFailure.CannotPersist, $"{text} The file cannot be written; check its owner and mode."),
            raw.SQLITE_CORRUPT => Damaged(path, text),
            raw.SQLITE_NOTADB => Damaged(path, text),

            // All SQL here is constant, so what it finds wrong is the file: a table or a format that is not as it was made.
            raw.SQLITE_ERROR => Damaged(path, text),
            raw.SQLITE_CANTOPEN => new(StoreFailure.Unavailable, $"{text} Check that the folder exists and may be written."),
            _ => new(StoreFailure.Unavailable, text),
        };
    }

    public static StoreException Damaged(string path, string found) =>
        new(StoreFailure.Corrupt, $"{found} The file '{path}' is damaged or no database of this product. Stop, keep a copy of it with its -wal, and restore the last backup.");
}
