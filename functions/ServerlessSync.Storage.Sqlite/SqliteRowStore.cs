using System.Runtime.CompilerServices;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>The row store in a SQLite file.</summary>
/// <param name="database">The open file; whoever opened it closes it.</param>
public sealed class SqliteRowStore(SqliteDatabase database) : IRowStore
{
    /// <inheritdoc/>
    public async ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken)
    {
        if (!StoreLimits.IsKey(address.Partition) || !StoreLimits.IsKey(address.Key))
        {
            return null;
        }

        var reader = await database.Readers.RentAsync(cancellationToken);
        try
        {
            return reader.Rows.Get(address);
        }
        finally
        {
            database.Readers.Return(reader);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Row> QueryAsync(
        string table, string partition, KeyRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = new List<Row>();
        for (var more = StoreLimits.IsKey(partition); more;)
        {
            more = await ReadAsync(reader => reader.Query(table, partition, range, page), cancellationToken);
            foreach (var row in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return row;
            }

            range = more ? range with { From = RowBounds.After(page[^1].Key) } : range;
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) =>
        ScanAsync(table, partitions, [], cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<Row> ScanAsync(
        string table, KeyRange partitions, IReadOnlyList<KeyRange> keys, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = new List<Row>();
        var (partition, key) = (partitions.From, string.Empty);
        for (var more = true; more;)
        {
            more = await ReadAsync(reader => reader.Scan(table, partition, key, partitions.Before, keys, page), cancellationToken);
            foreach (var row in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return row;
            }

            (partition, key) = more ? (page[^1].Partition, RowBounds.After(page[^1].Key)) : (partition, key);
        }
    }

    /// <inheritdoc/>
    /// <remarks>A batch that the writer has taken is stored even when the call is cancelled meanwhile.</remarks>
    public ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken) =>
        database.SubmitAsync(new RowCommit(batch), cancellationToken);

    async ValueTask<bool> ReadAsync(Func<RowQueries, bool> read, CancellationToken cancellationToken)
    {
        var reader = await database.Readers.RentAsync(cancellationToken);
        try
        {
            return read(reader.Rows);
        }
        finally
        {
            database.Readers.Return(reader);
        }
    }
}
