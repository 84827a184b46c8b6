namespace ServerlessSync.Storage.Sqlite;

/// <summary>Makes the tables of a new file; checks that a file is ours, of a schema this program knows, and sound.</summary>
static class SqliteSchema
{
    /// <summary>"SSYN": tells our files from other programs' databases.</summary>
    const int ApplicationId = 0x5353594E;

    /// <summary>Up to this size the whole file is checked at open; a larger one is checked as it is read.</summary>
    const long FullCheckBytes = 256L * 1024 * 1024;

    const string Definitions = "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY sql)";

    static readonly string[] Checks =
    [
        "PRAGMA integrity_check(1)",
        "SELECT iif(EXISTS (SELECT 1 FROM messages WHERE inst NOT IN (SELECT inst FROM instances)), 'a message to a run that is not there', 'ok')",
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
                Upgrade(connection);
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
        connection.ExecuteAll(SqliteTables.OfControl);
        connection.ExecuteAll(SqliteTables.OfData);
        connection.Execute($"PRAGMA application_id = {ApplicationId}");
        SetVersion(connection);
    }

    /// <summary>Brings a file of an earlier schema to the newest.</summary>
    static void Upgrade(SqliteConnection connection)
    {
        if (ReadVersion(connection) == 1)
        {
            SqliteMigration.Run(connection);
            SetVersion(connection);
        }
    }

    static void SetVersion(SqliteConnection connection) => connection.Execute($"PRAGMA user_version = {SqliteTables.Version}");

    /// <summary>The schema of a file that is ours, one this program can work with.</summary>
    /// <exception cref="StoreException">The file is another program's or of a later schema.</exception>
    public static int ReadVersion(SqliteConnection connection)
    {
        if (connection.ReadNumber("PRAGMA application_id") != ApplicationId)
        {
            throw SqliteFailures.Damaged(connection.Path, "Another program's tables were found.");
        }

        var version = connection.ReadNumber("PRAGMA user_version");
        return version is >= 1 and <= SqliteTables.Version
            ? (int)version
            : throw new StoreException(
                StoreFailure.Corrupt, $"'{connection.Path}' has schema {version}; this program knows up to {SqliteTables.Version}. Run the version that wrote it.");
    }

    /// <summary>Looks through the whole file, if it is not too large for that; takes no lock that a writer would feel.</summary>
    public static void CheckContent(SqliteConnection connection)
    {
        if (new FileInfo(connection.Path).Length <= FullCheckBytes)
        {
            CheckPages(connection);
        }
    }

    /// <summary>
    /// What no checksum of a row can show: pages, the order of every tree (which quick_check leaves out), indexes that miss a run, and a message
    /// that lost its run.
    /// </summary>
    public static void CheckPages(SqliteConnection connection)
    {
        if (ReadVersion(connection) == SqliteTables.Version && connection.ReadText(Definitions) != SqliteTables.Definitions)
        {
            throw SqliteFailures.Damaged(connection.Path, "Its tables are not defined as they were.");
        }

        foreach (var check in Checks)
        {
            if (connection.ReadText(check) is not "ok" and var found)
            {
                throw SqliteFailures.Damaged(connection.Path, $"The check of the file found: {found}.");
            }
        }
    }
}
