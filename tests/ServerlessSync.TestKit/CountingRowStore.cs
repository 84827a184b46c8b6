using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.TestKit;

/// <summary>A row store before another one that counts what is asked of it, as Table storage would bill it: a page read, a row read and a commit are one operation each.</summary>
public sealed class CountingRowStore(IRowStore inner) : IRowStore
{
    /// <summary>Most rows of one page of an answer.</summary>
    const int PageRows = 1_000;

    long _reads;
    long _commits;
    long _rowsWritten;

    /// <summary>Rows and pages read.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>Commits, however many rows each wrote.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Rows those commits wrote or deleted.</summary>
    public long RowsWritten => Interlocked.Read(ref _rowsWritten);

    /// <inheritdoc/>
    public ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return inner.GetAsync(address, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) =>
        CountAsync(inner.QueryAsync(table, partition, range, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) =>
        CountAsync(inner.ScanAsync(table, partitions, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, IReadOnlyList<KeyRange> keys, CancellationToken cancellationToken) =>
        CountAsync(inner.ScanAsync(table, partitions, keys, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _commits);
        Interlocked.Add(ref _rowsWritten, batch.Writes.Count);
        return inner.CommitAsync(batch, cancellationToken);
    }

    async IAsyncEnumerable<Row> CountAsync(IAsyncEnumerable<Row> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var read = 0L;
        Interlocked.Increment(ref _reads);
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            if (++read % PageRows == 0)
            {
                Interlocked.Increment(ref _reads);
            }

            yield return row;
        }
    }
}
