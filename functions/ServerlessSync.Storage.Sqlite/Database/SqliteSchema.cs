namespace ServerlessSync.Storage.Sqlite;

/// <summary>The tables of the file and the check that it is ours and sound.</summary>
static class SqliteSchema
{
    const int Version = 1;

    /// <summary>"SSYN": tells our files from other programs' databases.</summary>
    const int ApplicationId = 0x5353594E;

    /// <summary>Up to this size the whole file is checked at open; a larger one is checked as it is read.</summary>
    const long FullCheckBytes = 256L * 1024 * 1024;

    static readonly string[] Tables =
    [
        // BINARY collation over UTF-8 is ordinal order of UTF-16, because no key holds a surrogate.
        "CREATE TABLE rows (tbl TEXT NOT NULL, pk TEXT NOT NULL, rk TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (tbl, pk, rk)) WITHOUT ROWID",
        "CREATE TABLE numbers (one INTEGER PRIMARY KEY CHECK (one = 1), reserved INTEGER NOT NULL)",
        "INSERT INTO numbers VALUES (1, 0)",
        "CREATE TABLE lease (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, version INTEGER NOT NULL, machine TEXT, pid INTEGER NOT NULL, start INTEGER NOT NULL)",
        "INSERT INTO lease VALUES (1, 0, 0, NULL, 0, 0)",
        """
        CREATE TABLE instances (
            inst INTEGER PRIMARY KEY, id TEXT NOT NULL, parent TEXT, name TEXT NOT NULL, version TEXT NOT NULL, status INTEGER NOT NULL,
            created INTEGER NOT NULL, updated INTEGER NOT NULL, events INTEGER NOT NULL, failure BLOB, custom TEXT, output TEXT, input TEXT)
        """,
        "CREATE UNIQUE INDEX instances_by_id ON instances (id)",
        "CREATE INDEX instances_unfinished ON instances (id) WHERE status <= 2",
        "CREATE TABLE events (inst INTEGER NOT NULL, first INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (inst, first)) WITHOUT ROWID",
        "CREATE TABLE messages (inst INTEGER NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (inst, number)) WITHOUT ROWID",
    ];

    public static void CreateOrCheck(SqliteConnection connection)
    {
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            if (connection.ReadNumber("PRAGMA user_version") == 0 && connection.ReadNumber("SELECT count(*) FROM sqlite_master") == 0)
            {
                Create(connection);
            }
            else
            {
                Check(connection);
            }

            connection.Execute("COMMIT");
        }
        catch
        {
            if (connection.InTransaction)
            {
                connection.Execute("ROLLBACK");
            }

            throw;
        }
    }

    static void Create(SqliteConnection connection)
    {
        foreach (var sql in Tables)
        {
            connection.Execute(sql);
        }

        connection.Execute($"PRAGMA application_id = {ApplicationId}");
        connection.Execute($"PRAGMA user_version = {Version}");
    }

    static void Check(SqliteConnection connection)
    {
        if (connection.ReadNumber("PRAGMA application_id") != ApplicationId)
        {
            throw SqliteFailures.Damaged(connection.Path, "Another program's tables were found.");
        }

        var version = connection.ReadNumber("PRAGMA user_version");
        if (version != Version)
        {
            throw new StoreException(StoreFailure.Corrupt, $"'{connection.Path}' has schema {version}; this program knows {Version}. Run the version that wrote it.");
        }
    }

    /// <summary>Looks through the whole file, if it is not too large for that; takes no lock that a writer would feel.</summary>
    public static void CheckContent(SqliteConnection connection)
    {
        if (new FileInfo(connection.Path).Length <= FullCheckBytes && connection.ReadText("PRAGMA quick_check(1)") is not "ok" and var found)
        {
            throw SqliteFailures.Damaged(connection.Path, $"The check of the file found: {found}.");
        }
    }
}
