namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>A file as schema 1 had it: no checksums. Its runs have the names <see cref="StoreImage"/> reads.</summary>
static class SchemaOne
{
    /// <summary>What schema 1 and later ones hold alike, a line for each row.</summary>
    static readonly string[] Content =
    [
        "SELECT tbl, pk, rk, version, hex(body) FROM rows ORDER BY 1, 2, 3",
        "SELECT inst, id, parent, name, version, status, created, updated, events, hex(failure), custom, output, input FROM instances ORDER BY 1",
        "SELECT inst, first, hex(body) FROM events ORDER BY 1, 2",
        "SELECT inst, number, hex(body) FROM messages ORDER BY 1, 2",
        "SELECT reserved FROM numbers",
    ];

    const string Make =
        """
        PRAGMA journal_mode = WAL;
        BEGIN;
        CREATE TABLE rows (tbl TEXT NOT NULL, pk TEXT NOT NULL, rk TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (tbl, pk, rk)) WITHOUT ROWID;
        CREATE TABLE numbers (one INTEGER PRIMARY KEY CHECK (one = 1), reserved INTEGER NOT NULL);
        CREATE TABLE lease (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, version INTEGER NOT NULL, machine TEXT, pid INTEGER NOT NULL, start INTEGER NOT NULL);
        CREATE TABLE instances (
            inst INTEGER PRIMARY KEY, id TEXT NOT NULL, parent TEXT, name TEXT NOT NULL, version TEXT NOT NULL, status INTEGER NOT NULL,
            created INTEGER NOT NULL, updated INTEGER NOT NULL, events INTEGER NOT NULL, failure BLOB, custom TEXT, output TEXT, input TEXT);
        CREATE UNIQUE INDEX instances_by_id ON instances (id);
        CREATE INDEX instances_unfinished ON instances (id) WHERE status <= 2;
        CREATE TABLE events (inst INTEGER NOT NULL, first INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (inst, first)) WITHOUT ROWID;
        CREATE TABLE messages (inst INTEGER NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (inst, number)) WITHOUT ROWID;
        PRAGMA application_id = 1397971278;
        PRAGMA user_version = 1;
        INSERT INTO numbers VALUES (1, 1000000);
        INSERT INTO lease VALUES (1, 7, 19, NULL, 0, 0);
        WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 60)
            INSERT INTO rows SELECT 'things', 'p' || (i % 3), printf('k%03d', i), i, CAST(printf('{"n":"%d %.*c"}', i, 700, 'x') AS BLOB) FROM n;
        INSERT INTO rows VALUES ('things', 'ä', 'empty', 61, zeroblob(0));
        INSERT INTO instances VALUES
            (1, 'parent', NULL, 'joiner', '1', 1, 637000000000000000, 637000000000000001, 2, NULL, '"step"', NULL, '{"text":"ä"}'),
            (2, 'parent:1', 'parent', 'step', '1', 4, 637000000000000000, 637000000000000002, 1,
                CAST('{"errorType":"Some.Type","errorMessage":"it broke"}' AS BLOB), NULL, '', NULL),
            (3, 'quiet', NULL, 'joiner', '1', 0, 637000000000000000, 637000000000000000, 0, NULL, NULL, NULL, NULL),
            (5, 'told', NULL, 'joiner', '2', 2, 637000000000000000, 637000000000000000, 1, NULL, NULL, NULL, '1');
        INSERT INTO events VALUES (1, 0, X'0300000061626300000000'), (2, 0, X'0100000062'), (5, 0, X'0100000063');
        INSERT INTO messages VALUES (1, 70, X'6D31'), (5, 71, X'6D32'), (5, 72, X'');
        COMMIT;
        """;

    public static void Create(string file) => FileSql.Run(file, Make);

    /// <summary>Everything in the file, whatever its schema.</summary>
    public static IReadOnlyList<string> Read(string file) => [.. Content.SelectMany(sql => FileSql.Read(file, sql))];

    public static string Version(string file) => FileSql.Read(file, "PRAGMA user_version")[0];
}
