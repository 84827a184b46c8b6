using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>Deletes rows of one partition, as many at once as a commit holds.</summary>
sealed class RowSweeper(IRowStore store, string table, string partition)
{
    readonly List<RowWrite> _writes = [];

    /// <summary>Rows deleted.</summary>
    public long Deleted { get; private set; }

    /// <summary>Deletes a row; nobody writes it any more.</summary>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        _writes.Add(RowWrite.Delete(key));
        if (_writes.Count == StoreLimits.BatchRows)
        {
            await FlushAsync(cancellationToken);
        }
    }

    /// <summary>Deletes what is left.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_writes.Count > 0)
        {
            await store.CommitAsync(new RowBatch(table, partition, [.. _writes]), cancellationToken);
            Deleted += _writes.Count;
            _writes.Clear();
        }
    }
}
