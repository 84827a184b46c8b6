using System.Globalization;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>The writer's statements on rows. A version is a number that is never given twice.</summary>
sealed class RowStatements(SqliteConnection connection)
{
    const string Row = "WHERE tbl = ?1 AND pk = ?2 AND rk = ?3";

    readonly SqliteStatement _version = connection.Prepare($"SELECT version FROM rows {Row}");
    readonly SqliteStatement _insert = connection.Prepare("INSERT INTO rows VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING");
    readonly SqliteStatement _put = connection.Prepare(
        """
        INSERT INTO rows VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (tbl, pk, rk) DO UPDATE SET version = excluded.version, seal = excluded.seal, body = excluded.body
        """);

    readonly SqliteStatement _replace = connection.Prepare($"UPDATE rows SET version = ?4, seal = ?5, body = ?6 {Row} AND version = ?7");
    readonly SqliteStatement _delete = connection.Prepare($"DELETE FROM rows {Row}");
    readonly SqliteStatement _deleteMatch = connection.Prepare($"DELETE FROM rows {Row} AND version = ?4");

    public static string ETag(long version) => version.ToString(CultureInfo.InvariantCulture);

    /// <summary>The version an ETag stands for; 0, which no row has, for one that was never given out.</summary>
    public static long Version(string? etag) =>
        long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    /// <summary>The row's version, or null.</summary>
    public long? Find(RowBatch batch, RowWrite write)
    {
        if (!At(_version, batch, write).Step())
        {
            return null;
        }

        var version = _version.Number(0);
        _version.Reset();
        return version;
    }

    public bool Insert(RowBatch batch, RowWrite write, long version) =>
        WithBody(_insert, batch, write, version).Run() == 1;

    public bool Replace(RowBatch batch, RowWrite write, long version) =>
        WithBody(_replace, batch, write, version).Bind(7, Version(write.ETag)).Run() == 1;

    public void Put(RowBatch batch, RowWrite write, long version) =>
        WithBody(_put, batch, write, version).Run();

    public bool DeleteMatch(RowBatch batch, RowWrite write) => At(_deleteMatch, batch, write).Bind(4, Version(write.ETag)).Run() == 1;

    public void Delete(RowBatch batch, RowWrite write) => At(_delete, batch, write).Run();

    static SqliteStatement WithBody(SqliteStatement statement, RowBatch batch, RowWrite write, long version)
    {
        var body = write.Body!.Value.Span;
        var seal = Seal.OfRow(new(batch.Table, batch.Partition, write.Key), version, body);
        return At(statement, batch, write).Bind(4, version).Bind(5, seal).Bind(6, body);
    }

    static SqliteStatement At(SqliteStatement statement, RowBatch batch, RowWrite write) =>
        statement.Bind(1, batch.Table).Bind(2, batch.Partition).Bind(3, write.Key);
}
