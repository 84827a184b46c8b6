namespace ServerlessSync.Storage.Sqlite;

/// <summary>A reader's statements on rows. A page is bounded in rows and bytes.</summary>
sealed class RowQueries(SqliteConnection connection)
{
    const int PageRows = 256;

    /// <summary>The first parameter of the ranges of keys.</summary>
    const int FirstRange = 6;

    const int PageBytes = 1024 * 1024;

    readonly SqliteStatement _get = connection.Prepare("SELECT version, seal, body FROM rows WHERE tbl = ?1 AND pk = ?2 AND rk = ?3");
    readonly SqliteStatement _query = connection.Prepare(
        "SELECT version, seal, body, pk, rk FROM rows WHERE tbl = ?1 AND pk = ?2 AND rk >= ?3 AND rk < ?4 ORDER BY rk LIMIT ?5");

    /// <summary>Scans, by how many ranges of keys each of them takes.</summary>
    readonly Dictionary<int, SqliteStatement> _scans = [];

    public Row? Get(RowAddress address)
    {
        if (!_get.Bind(1, address.Table).Bind(2, address.Partition).Bind(3, address.Key).Step())
        {
            return null;
        }

        var row = ReadRow(_get, address);
        _get.Reset();
        return row;
    }

    /// <summary>The next rows of one partition; answers whether there may be more.</summary>
    public bool Query(string table, string partition, KeyRange range, List<Row> page) =>
        ReadPage(table, _query.Bind(1, table).Bind(2, partition).Bind(3, RowBounds.Comparable(range.From)), range.Before, page);

    /// <summary>The next rows of a table from a partition and key on, in any of the ranges of keys or of every key; answers whether there may be more.</summary>
    public bool Scan(string table, string partition, string key, string? before, IReadOnlyList<KeyRange> keys, List<Row> page)
    {
        if (!_scans.TryGetValue(keys.Count, out var scan))
        {
            _scans.Add(keys.Count, scan = PrepareScan(keys.Count));
        }

        for (var range = 0; range < keys.Count; range++)
        {
            BindEnd(scan.Bind(FirstRange + (2 * range), RowBounds.Comparable(keys[range].From)), FirstRange + (2 * range) + 1, keys[range].Before);
        }

        return ReadPage(table, scan.Bind(1, table).Bind(2, RowBounds.Comparable(partition)).Bind(3, key), before, page);
    }

    SqliteStatement PrepareScan(int ranges)
    {
        var among = string.Join(" OR ", Enumerable.Range(0, ranges).Select(range => $"rk >= ?{FirstRange + (2 * range)} AND rk < ?{FirstRange + (2 * range) + 1}"));
        return connection.Prepare(
            "SELECT version, seal, body, pk, rk FROM rows WHERE tbl = ?1 AND (pk, rk) >= (?2, ?3) AND pk < ?4"
            + $"{(ranges == 0 ? "" : $" AND ({among})")} ORDER BY pk, rk LIMIT ?5");
    }

    /// <summary>A blob sorts after every text: the end of a range without end.</summary>
    static void BindEnd(SqliteStatement statement, int at, string? before) =>
        _ = before is null ? statement.Bind(at, ReadOnlySpan<byte>.Empty) : statement.Bind(at, RowBounds.Comparable(before));

    static bool ReadPage(string table, SqliteStatement statement, string? before, List<Row> page)
    {
        BindEnd(statement, 4, before);
        statement.Bind(5, PageRows);
        page.Clear();
        var bytes = 0;
        while (statement.Step())
        {
            var row = ReadRow(statement, new(table, statement.Text(3), statement.Text(4)));
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

    static Row ReadRow(SqliteStatement row, RowAddress at)
    {
        var version = row.Number(0);
        var body = row.Blob(2);
        var damaged = row.Number(1) != Seal.OfRow(at, version, body);
        return new Row(at.Partition, at.Key, damaged ? default : body.ToArray(), RowStatements.ETag(version), damaged);
    }
}
