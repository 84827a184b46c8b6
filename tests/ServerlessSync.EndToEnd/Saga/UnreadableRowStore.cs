using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>A row store some rows of which cannot be read for a while.</summary>
sealed class UnreadableRowStore(IRowStore inner) : IRowStore
{
    /// <summary>Which rows cannot be read.</summary>
    public Func<RowAddress, bool> Fails { get; set; } = static _ => false;

    /// <summary>What the reading of a row waits for.</summary>
    public Func<RowAddress, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Called with each batch that is committed.</summary>
    public Action<RowBatch> Committed { get; set; } = static _ => { };

    public async ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken)
    {
        await Before(address);
        return Fails(address)
            ? throw new StoreException(StoreFailure.Unavailable, "The row cannot be read now.")
            : await inner.GetAsync(address, cancellationToken);
    }

    public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) =>
        inner.QueryAsync(table, partition, range, cancellationToken);

    public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) =>
        inner.ScanAsync(table, partitions, cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        var result = await inner.CommitAsync(batch, cancellationToken);
        Committed(batch);
        return result;
    }
}
