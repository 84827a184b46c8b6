namespace ServerlessSync.Storage.Sqlite;

/// <summary>What was found in a file that was looked through whole.</summary>
/// <param name="Schema">Its schema version.</param>
/// <param name="Rows">Rows of the mesh.</param>
/// <param name="Runs">Runs of the history.</param>
/// <param name="Damaged">Rows of either whose checksum does not fit. Always 0 on schema 1, which had none.</param>
public sealed record SqliteContent(int Schema, long Rows, long Runs, long Damaged)
{
    static readonly string[] Damage =
    [
        "SELECT count(*) FROM rows WHERE seal IS NOT seal_row(tbl, pk, rk, version, body)",
        $"SELECT count(*) FROM instances WHERE seal IS NOT seal({SqliteTables.State}) OR content_seal IS NOT seal({SqliteTables.Content})",
        "SELECT count(*) FROM events WHERE seal IS NOT seal(inst, first, body)",
        "SELECT count(*) FROM messages WHERE seal IS NOT seal(inst, number, body)",
    ];

    /// <summary>Looks through a whole store, also while a host works on it.</summary>
    /// <exception cref="StoreException">The file is not ours, of a later schema, or damaged beyond single rows.</exception>
    public static SqliteContent Of(string database)
    {
        using var connection = SqliteConnection.Open(Path.GetFullPath(database));
        return Read(connection);
    }

    /// <exception cref="StoreException">The file is not ours, of a later schema, or damaged beyond single rows.</exception>
    internal static SqliteContent Read(SqliteConnection connection)
    {
        var schema = SqliteSchema.ReadVersion(connection);
        SqliteSchema.CheckPages(connection);
        connection.TeachSeals();
        return new(
            schema,
            connection.ReadNumber("SELECT count(*) FROM rows"),
            connection.ReadNumber("SELECT count(*) FROM instances"),
            schema == 1 ? 0 : CountDamaged(connection));
    }

    /// <summary>Rows whose checksum does not fit, on a connection that was taught seals.</summary>
    internal static long CountDamaged(SqliteConnection connection) => Damage.Sum(connection.ReadNumber);
}
