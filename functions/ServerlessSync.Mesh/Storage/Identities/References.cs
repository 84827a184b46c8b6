using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>
/// Which identities name another one (as their manager), found by the anchor they name. Written before the named one is looked at, so
/// whoever changes the named one afterwards finds the row.
/// </summary>
public sealed class References(Partitions partitions)
{
    /// <summary>Records that an identity names the anchor.</summary>
    public async Task AddAsync(string relation, Anchor named, string identityId, CancellationToken cancellationToken) =>
        await partitions.Store.CommitAsync(
            new RowBatch(TableNames.References, PartitionOf(relation, named), RowWrite.Put(identityId, MeshJson.ToBytes(named))),
            cancellationToken);

    /// <summary>Forgets that an identity names the anchor.</summary>
    public async Task RemoveAsync(string relation, Anchor named, string identityId, CancellationToken cancellationToken) =>
        await partitions.Store.CommitAsync(
            new RowBatch(TableNames.References, PartitionOf(relation, named), RowWrite.Delete(identityId)),
            cancellationToken);

    /// <summary>The identities that name the anchor, in ordinal order.</summary>
    public async IAsyncEnumerable<string> ReadAsync(
        string relation,
        Anchor named,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in partitions.Store.QueryAsync(TableNames.References, PartitionOf(relation, named), KeyRange.All, cancellationToken))
        {
            yield return row.Key;
        }
    }

    static string PartitionOf(string relation, Anchor named) => $"{relation}-{KeyText.Encode(named.ToString())}";
}
