namespace ServerlessSync.Storage.Sqlite;

/// <summary>A reader's statements on rows. A page is bounded in rows and bytes.</summary>
sealed class RowQueries(SqliteConnection connection)
{
    const int PageRows = 256;
    const int PageBytes = 1024 * 1024;

    readonly SqliteStatement _get = connection.Prepare("SELECT version, body FROM rows WHERE tbl = ?1 AND pk = ?2 AND rk = ?3");
    readonly SqliteStatement _query = connection.Prepare(
        "SELECT pk, rk, version, body FROM rows WHERE tbl = ?1 AND pk = ?2 AND rk >= ?3 AND rk < ?4 ORDER BY rk LIMIT ?5");

    readonly SqliteStatement _scan = connection.Prepare(
        "SELECT pk, rk, version, body FROM rows WHERE tbl = ?1 AND (pk, rk) >= (?2, ?3) AND pk < ?4 ORDER BY pk, rk LIMIT ?5");

    public Row? Get(RowAddress address)
    {
        if (!_get.Bind(1, address.Table).Bind(2, address.Partition).Bind(3, address.Key).Step())
        {
            return null;
        }

        var row = new Row(address.Partition, address.Key, _get.Bytes(1), RowStatements.ETag(_get.Number(0)));
        _get.Reset();
        return row;
    }

    /// <summary>The next rows of one partition; answers whether there may be more.</summary>
    public bool Query(string table, string partition, KeyRange range, List<Row> page) =>
        ReadPage(_query.Bind(1, table).Bind(2, partition).Bind(3, RowBounds.Comparable(range.From)), range.Before, page);

    /// <summary>The next rows of a table from a partition and key on; answers whether there may be more.</summary>
    public bool Scan(string table, string partition, string key, string? before, List<Row> page) =>
        ReadPage(_scan.Bind(1, table).Bind(2, RowBounds.Comparable(partition)).Bind(3, key), before, page);

    static bool ReadPage(SqliteStatement statement, string? before, List<Row> page)
    {
        // A blob sorts after every text: the end of a range without end.
        _ = before is null ? statement.Bind(4, ReadOnlySpan<byte>.Empty) : statement.Bind(4, RowBounds.Comparable(before));
        statement.Bind(5, PageRows);
        page.Clear();
        var bytes = 0;
        while (statement.Step())
        {
            var row = new Row(statement.Text(0), statement.Text(1), statement.Bytes(3), RowStatements.ETag(statement.Number(2)));
            page.Add(row);
            bytes += row.Body.Length;
            if (bytes >= PageBytes)
            {
                statement.Reset();
                return true;
            }
        }

        return page.Count == PageRows;
    }
}
