namespace ServerlessSync.Mesh.Storage;

/// <summary>Which identity an account key of a target belongs to. Rows lie at (target and key prefix, key): a scan of a target is in key order.</summary>
public sealed class AccountKeys(Partitions partitions)
{
    const int PrefixChars = 2;

    /// <summary>Records that the account is the identity's.</summary>
    public async Task AddAsync(string target, string key, string identityId, CancellationToken cancellationToken) =>
        await partitions.Store.CommitAsync(
            new RowBatch(TableNames.Accounts, PartitionOf(target, key), RowWrite.Put(KeyText.Encode(key), MeshJson.ToBytes(new Owner(key, identityId)))),
            cancellationToken);

    /// <summary>The identity an account belongs to, or null. The caller checks that its record still names the account.</summary>
    public async Task<string?> FindAsync(string target, string key, CancellationToken cancellationToken) =>
        (await partitions.ReadAsync<Owner>(TableNames.Accounts, PartitionOf(target, key), KeyText.Encode(key), cancellationToken))?.IdentityId;

    static string PartitionOf(string target, string key)
    {
        var encoded = KeyText.Encode(key);
        return $"{KeyText.Encode(target)}-{encoded[..Math.Min(PrefixChars, encoded.Length)]}";
    }

    sealed record Owner(string Key, string IdentityId);
}
