namespace ServerlessSync.Mesh.Storage;

/// <summary>
/// The contract every store obeys: rows with a key in a partition of a table, and all-or-nothing commits within one partition.
/// Registry, inbox, lanes, audit and exceptions are written once, on top of it.
/// </summary>
/// <remarks>
/// Durability: when <see cref="CommitAsync"/> has answered <see cref="CommitResult.Committed"/>, the rows survive the death of the
/// process at once, and of the machine as far as its disk keeps what it acknowledged.
/// Concurrency: every member may be called from any number of threads. A write is protected by the ETag of the row it changes and
/// by nothing else. Reads of one row see the last commit. A scan is in ordinal key order and is no snapshot: a row committed while
/// it runs may or may not be seen, a row that is not touched is seen exactly once.
/// The limits are those of Azure Table storage (<see href="https://learn.microsoft.com/azure/storage/tables/scalability-targets"/>)
/// for every implementation, and <see cref="RowBatch"/> enforces them before a store sees the batch.
/// A store that cannot do its work throws <see cref="StoreException"/>; a conflict is an answer, never an exception.
/// </remarks>
public interface IRowStore
{
    /// <summary>Reads one row, or null.</summary>
    ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken);

    /// <summary>Reads the rows of one partition whose keys lie in the range, in ordinal key order, in bounded memory.</summary>
    IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken);

    /// <summary>Reads all rows of a table whose partitions lie in the range, in ordinal order of partition and key, in bounded memory.</summary>
    IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken);

    /// <summary>
    /// Reads in the same order those of the rows whose keys lie in one of the ranges. What else a partition holds is neither read nor carried by a
    /// store that can leave it out.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="partitions">The partitions.</param>
    /// <param name="keys">One to four ranges.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, IReadOnlyList<KeyRange> keys, CancellationToken cancellationToken) =>
        ScanAsync(table, partitions, cancellationToken).Where(row => keys.Any(range => range.Contains(row.Key)));

    /// <summary>Commits every write of the batch or none, durably, before it answers.</summary>
    ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken);
}
