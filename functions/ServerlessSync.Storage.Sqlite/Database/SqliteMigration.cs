namespace ServerlessSync.Storage.Sqlite;

/// <summary>
/// Takes a file of schema 1, whose rows had no checksums, to schema 2. Runs inside the transaction of its caller: whatever stops it, the
/// file is of the one schema or the other. Needs room for the data once more until the log has been copied back.
/// </summary>
static class SqliteMigration
{
    static readonly string[] SetAside =
    [
        "ALTER TABLE rows RENAME TO rows_1",
        "ALTER TABLE instances RENAME TO instances_1",
        "ALTER TABLE events RENAME TO events_1",
        "ALTER TABLE messages RENAME TO messages_1",
        "DROP INDEX instances_by_id",
        "DROP INDEX instances_unfinished",
    ];

    static readonly string[] Copy =
    [
        "INSERT INTO rows SELECT tbl, pk, rk, version, seal_row(tbl, pk, rk, version, body), body FROM rows_1",
        $"""
        INSERT INTO instances SELECT inst, id, parent, name, version, status, created, updated, events,
            seal({SqliteTables.State}), seal({SqliteTables.Content}), failure, custom, output, input FROM instances_1
        """,
        "INSERT INTO events SELECT inst, first, seal(inst, first, body), body FROM events_1",
        "INSERT INTO messages SELECT inst, number, seal(inst, number, body), body FROM messages_1",
    ];

    /// <summary>Each counts the rows of an old table that have no row in the new one with the seal of what they hold.</summary>
    static readonly string[] CountLost =
    [
        """
        SELECT count(*) FROM rows_1 AS o WHERE NOT EXISTS (SELECT 1 FROM rows AS n
            WHERE n.tbl = o.tbl AND n.pk = o.pk AND n.rk = o.rk AND n.seal = seal_row(o.tbl, o.pk, o.rk, o.version, o.body))
        """,
        $"""
        SELECT count(*) FROM (SELECT inst, seal({SqliteTables.State}) AS state, seal({SqliteTables.Content}) AS content FROM instances_1) AS o
            WHERE NOT EXISTS (SELECT 1 FROM instances AS n WHERE n.inst = o.inst AND n.seal = o.state AND n.content_seal = o.content)
        """,
        """
        SELECT count(*) FROM events_1 AS o WHERE NOT EXISTS (SELECT 1 FROM events AS n
            WHERE n.inst = o.inst AND n.first = o.first AND n.seal = seal(o.inst, o.first, o.body))
        """,
        """
        SELECT count(*) FROM messages_1 AS o WHERE NOT EXISTS (SELECT 1 FROM messages AS n
            WHERE n.inst = o.inst AND n.number = o.number AND n.seal = seal(o.inst, o.number, o.body))
        """,
    ];

    static readonly string[] DropOld = ["DROP TABLE rows_1", "DROP TABLE instances_1", "DROP TABLE events_1", "DROP TABLE messages_1"];

    /// <exception cref="StoreException">A host works on the file, or the copy is not what was copied.</exception>
    public static void Run(SqliteConnection connection)
    {
        RequireNoHost(connection);
        SqliteSchema.CheckPages(connection);
        connection.TeachSeals();
        connection.ExecuteAll(SetAside);
        connection.ExecuteAll(SqliteTables.OfData);
        connection.ExecuteAll(Copy);
        if (CountLost.Any(sql => connection.ReadNumber(sql) != 0) || SqliteContent.CountDamaged(connection) != 0)
        {
            throw SqliteFailures.Damaged(connection.Path, "Its rows could not be carried over to the schema of this program.");
        }

        connection.ExecuteAll(DropOld);
    }

    /// <summary>A host of the version before would go on writing rows without checksums.</summary>
    static void RequireNoHost(SqliteConnection connection)
    {
        if (LeaseHolder.Of(connection) is { } holder && !ProcessIdentity.IsDead(holder, Environment.MachineName))
        {
            throw new StoreException(
                StoreFailure.Unavailable,
                $"'{connection.Path}' is of an earlier schema and held by process {holder.ProcessId} on {holder.Machine}. Stop that host in order; then this program converts the file.");
        }
    }
}
