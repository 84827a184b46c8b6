namespace ServerlessSync.Storage.Sqlite;

/// <summary>The tables of the newest schema. Every row of them carries its <see cref="Seal"/>.</summary>
static class SqliteTables
{
    public const int Version = 2;

    /// <summary>What the seal of a run's state is made of, in this order.</summary>
    public const string State = "id, name, version, status, created, updated, failure, events, parent";

    /// <summary>What the seal of a run's contents is made of, in this order. Kept apart, so that a list need not read them.</summary>
    public const string Content = "id, custom, output, input";

    /// <summary>The tables of rows and runs.</summary>
    public static readonly string[] OfData =
    [
        // BINARY collation over UTF-8 is ordinal order of UTF-16, because no key holds a surrogate.
        "CREATE TABLE rows (tbl TEXT NOT NULL, pk TEXT NOT NULL, rk TEXT NOT NULL, version INTEGER NOT NULL, seal INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (tbl, pk, rk)) WITHOUT ROWID",
        """
        CREATE TABLE instances (
            inst INTEGER PRIMARY KEY, id TEXT NOT NULL, parent TEXT, name TEXT NOT NULL, version TEXT NOT NULL, status INTEGER NOT NULL,
            created INTEGER NOT NULL, updated INTEGER NOT NULL, events INTEGER NOT NULL, seal INTEGER NOT NULL, content_seal INTEGER NOT NULL,
            failure BLOB, custom TEXT, output TEXT, input TEXT)
        """,
        "CREATE UNIQUE INDEX instances_by_id ON instances (id)",
        "CREATE INDEX instances_unfinished ON instances (id) WHERE status <= 2",
        "CREATE INDEX instances_ended ON instances (updated) WHERE status > 2",
        "CREATE TABLE events (inst INTEGER NOT NULL, first INTEGER NOT NULL, seal INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (inst, first)) WITHOUT ROWID",
        "CREATE TABLE messages (inst INTEGER NOT NULL, number INTEGER NOT NULL, seal INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (inst, number)) WITHOUT ROWID",
    ];

    /// <summary>The tables of one row each.</summary>
    public static readonly string[] OfControl =
    [
        "CREATE TABLE numbers (one INTEGER PRIMARY KEY CHECK (one = 1), reserved INTEGER NOT NULL)",
        "INSERT INTO numbers VALUES (1, 0)",
        "CREATE TABLE lease (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, version INTEGER NOT NULL, machine TEXT, pid INTEGER NOT NULL, start INTEGER NOT NULL)",
        "INSERT INTO lease VALUES (1, 0, 0, NULL, 0, 0)",
    ];

    /// <summary>Every table and index as SQLite keeps its definition, in ordinal order, a line each.</summary>
    public static readonly string Definitions = string.Join(
        '\n', OfData.Concat(OfControl).Where(sql => sql.StartsWith("CREATE", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
}
