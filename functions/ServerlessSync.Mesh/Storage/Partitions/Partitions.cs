using ServerlessSync.Mesh.Audit;

namespace ServerlessSync.Mesh.Storage;

/// <summary>Edits partitions: reads, decides, commits, and does it again when somebody else was faster.</summary>
public sealed class Partitions(IRowStore store, TimeProvider clock)
{
    /// <summary>Edits of one partition that lose this often in a row have another cause than a race.</summary>
    const int MostTries = 100;

    /// <summary>The store.</summary>
    public IRowStore Store => store;

    /// <summary>The clock entries are dated by.</summary>
    public TimeProvider Clock => clock;

    /// <summary>The audit streams edits have added to, for the next checkpoint.</summary>
    public ChangedStreams Changed { get; } = new();

    /// <summary>
    /// Runs the edit until it commits. The edit may run several times, so it has no effect but on the rows; one that writes nothing is not committed.
    /// </summary>
    /// <exception cref="StoreException">The store cannot do its work, or the edit keeps losing.</exception>
    public async Task<T> EditAsync<T>(string table, string partition, Func<PartitionEdit, Task<T>> edit, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MostTries; attempt++)
        {
            var session = new PartitionEdit(store, table, partition);
            var result = await edit(session);
            if (!session.HasWrites || await CommitAsync(session, cancellationToken))
            {
                return result;
            }
        }

        throw new StoreException(StoreFailure.Unavailable, $"Partition '{partition}' of '{table}' changed {MostTries} times under one edit.");
    }

    /// <summary>Runs an edit of an identity's partition until it commits.</summary>
    public Task<T> EditIdentityAsync<T>(string identityId, Func<PartitionEdit, Task<T>> edit, CancellationToken cancellationToken) =>
        EditAsync(TableNames.Identities, identityId, edit, cancellationToken);

    /// <summary>Reads one row as a value, or null.</summary>
    public async Task<T?> ReadAsync<T>(string table, string partition, string key, CancellationToken cancellationToken)
        where T : class
    {
        var row = await store.GetAsync(new RowAddress(table, partition, key), cancellationToken);
        return row is null ? null : MeshJson.FromRow<T>(row, table);
    }

    /// <summary>Reads the rows of a partition whose keys begin with the prefix, in key order.</summary>
    public async IAsyncEnumerable<T> ReadAllAsync<T>(
        string table,
        string partition,
        string prefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        await foreach (var row in store.QueryAsync(table, partition, KeyRange.StartingWith(prefix), cancellationToken))
        {
            yield return MeshJson.FromRow<T>(row, table);
        }
    }

    async Task<bool> CommitAsync(PartitionEdit session, CancellationToken cancellationToken)
    {
        try
        {
            return (await session.CommitAsync(clock.GetUtcNow(), cancellationToken)).Committed;
        }
        finally
        {
            // After the commit, so that whoever takes the note reads the new head; and also when it threw, for then nobody knows.
            if (session.HasEntries)
            {
                Changed.Add(session.Table, session.Partition);
            }
        }
    }
}
