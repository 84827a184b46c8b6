using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>The mesh's own store of identities: the authoritative record.</summary>
public sealed class Registry(Partitions partitions)
{
    /// <summary>The partitions identities lie in.</summary>
    public Partitions Partitions => partitions;

    /// <summary>Reads an identity's record, or null.</summary>
    public Task<IdentityRecord?> FindAsync(string identityId, CancellationToken cancellationToken) =>
        partitions.ReadAsync<IdentityRecord>(TableNames.Identities, identityId, IdentityKeys.Record, cancellationToken);

    /// <summary>Reads an identity with its accounts, grants and credentials, or null.</summary>
    public async Task<IdentityView?> ViewAsync(string identityId, CancellationToken cancellationToken)
    {
        // An edit that writes nothing: its reads are what is wanted.
        var edit = new PartitionEdit(partitions.Store, TableNames.Identities, identityId);
        return await ViewAsync(edit, cancellationToken);
    }

    /// <summary>Reads an identity's account on a target, or null.</summary>
    public Task<Account?> FindAccountAsync(string identityId, string target, CancellationToken cancellationToken) =>
        partitions.ReadAsync<Account>(TableNames.Identities, identityId, IdentityKeys.Account(target), cancellationToken);

    /// <summary>Records a credential of an identity, or its new state.</summary>
    public Task SaveCredentialAsync(string identityId, Credential credential, AuditDraft entry, CancellationToken cancellationToken) =>
        partitions.EditIdentityAsync(
            identityId,
            async edit =>
            {
                var key = IdentityKeys.Credential(credential.Target, credential.Id);
                if (await edit.ReadAsync<Credential>(key, cancellationToken) != credential)
                {
                    edit.Save(key, credential);
                    edit.Audit(entry);
                }

                return true;
            },
            cancellationToken);

    /// <summary>Reads every identity in ordinal order of ids, after the one given. A scan is no snapshot.</summary>
    /// <exception cref="StoreException">A row of one of them is damaged.</exception>
    public IAsyncEnumerable<IdentityView> ReadAllAsync(string? after, CancellationToken cancellationToken) =>
        ReadAllAsync(after, null, cancellationToken);

    /// <summary>Reads every identity that can be read, in ordinal order of ids, after the one given. A scan is no snapshot.</summary>
    /// <param name="after">Id of the one before, or null.</param>
    /// <param name="skipped">Called with the address of a damaged row, whose identity is left out; null throws.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async IAsyncEnumerable<IdentityView> ReadAllAsync(
        string? after, Action<RowAddress>? skipped, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // One identity after the other out of one scan: a read for each would be one call of the store for each.
        var range = after is null ? KeyRange.All : new KeyRange(after + "\u0020", null);
        var identity = new IdentityRows(string.Empty);
        await foreach (var row in partitions.Store.ScanAsync(TableNames.Identities, range, IdentityRows.Keys, cancellationToken))
        {
            if (row.Partition != identity.Id)
            {
                if (ToSoundView(identity, skipped) is { } view)
                {
                    yield return view;
                }

                identity = new IdentityRows(row.Partition);
            }

            identity.Add(row);
        }

        if (ToSoundView(identity, skipped) is { } last)
        {
            yield return last;
        }
    }

    static IdentityView? ToSoundView(IdentityRows identity, Action<RowAddress>? skipped)
    {
        try
        {
            return identity.ToView();
        }
        catch (StoreException e) when (skipped is not null && e.Row is { } damaged)
        {
            skipped(damaged);
            return null;
        }
    }

    internal static async Task<IdentityView?> ViewAsync(PartitionEdit edit, CancellationToken cancellationToken)
    {
        var record = await edit.ReadAsync<IdentityRecord>(IdentityKeys.Record, cancellationToken);
        if (record is null)
        {
            return null;
        }

        var accounts = await edit.ReadAllAsync<Account>(IdentityKeys.AccountPrefix, cancellationToken);
        var grants = await edit.ReadAllAsync<Grant>(IdentityKeys.GrantPrefix, cancellationToken);
        var credentials = await edit.ReadAllAsync<Credential>(IdentityKeys.CredentialPrefix, cancellationToken);
        return IdentityRows.ToView(record, accounts.Values, grants.Values, credentials.Values);
    }
}
