using System.Collections.Frozen;
using System.Globalization;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>What an erasure did.</summary>
/// <param name="Refusal">Why nothing was done; null when it was.</param>
/// <param name="Payloads">Payloads of audit entries erased.</param>
/// <param name="Events">Received events emptied.</param>
public sealed record ErasureResult(string? Refusal, long Payloads = 0, long Events = 0);

/// <summary>
/// Erases what is known of a person who has left: the attributes of the identity, what sources said, the contents of its audit entries, its plans
/// and steps, its settled exceptions, the values its drift tells of and its received events. The chain of entries stays and still verifies. What is
/// needed to know the person again and to keep the targets closed stays too: anchors, sign-in names and account keys. May be repeated, and works while a host does.
/// </summary>
/// <param name="stores">The stores.</param>
public sealed class Erasure(MeshStores stores)
{
    static readonly FrozenDictionary<string, string> Nothing = FrozenDictionary<string, string>.Empty;

    /// <summary>Erases an identity's personal data, and records in its stream who asked for it and why.</summary>
    /// <param name="identityId">The identity.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="reason">Why; no personal data.</param>
    /// <param name="cancellationToken">Cancels the call; what is left is done when it is repeated.</param>
    public async Task<ErasureResult> EraseAsync(string identityId, string by, string reason, CancellationToken cancellationToken)
    {
        if (!StoreLimits.IsKey(identityId))
        {
            return new ErasureResult($"there is no identity '{identityId}'");
        }

        var (refusal, next) = await EmptyRecordAsync(identityId, by, reason, cancellationToken);
        if (refusal is not null)
        {
            return new ErasureResult(refusal);
        }

        var payloads = await ErasePayloadsAsync(TableNames.Identities, identityId, cancellationToken)
            + await ErasePayloadsAsync(TableNames.Exceptions, identityId, cancellationToken)
            + await new DriftErasure(stores).EraseAsync(identityId, cancellationToken);
        await DeleteAsync(identityId, new KeyRange(IdentityKeys.PlanPrefix, IdentityKeys.Plan(Lanes.RunId(identityId, next))), cancellationToken);
        await DeleteAsync(identityId, new KeyRange(IdentityKeys.StepPrefix, IdentityKeys.Steps(Lanes.RunId(identityId, next))), cancellationToken);
        await stores.Exceptions.ForgetSettledAsync(identityId, cancellationToken);
        return new ErasureResult(null, payloads, await stores.Inbox.EraseAsync(identityId, cancellationToken));
    }

    /// <summary>
    /// Whether the identity may be erased is decided in the write that begins it, against any event that comes meanwhile. Answers the number of
    /// the next run too: its rows, and those of later ones, are not looked at.
    /// </summary>
    Task<(string? Refusal, long Next)> EmptyRecordAsync(string identityId, string by, string reason, CancellationToken cancellationToken) =>
        stores.Partitions.EditIdentityAsync(
            identityId,
            async edit =>
            {
                var record = await edit.ReadAsync<IdentityRecord>(IdentityKeys.Record, cancellationToken);
                var lane = await edit.ReadAsync<Lane>(IdentityKeys.Lane, cancellationToken) ?? Lane.Empty;
                if (RefusalOf(identityId, record, lane) is { } refusal)
                {
                    return ((string?)refusal, lane.Next);
                }

                edit.Save(IdentityKeys.Record, record! with { Attributes = FrozenDictionary<string, AttributeValue>.Empty });
                // Saved as it was read: an event that enters the lane meanwhile makes this edit begin again, and be refused.
                edit.Save(IdentityKeys.Lane, lane);
                foreach (var (key, said) in await edit.ReadAllAsync<SourceRecord>(IdentityKeys.SourcePrefix, cancellationToken))
                {
                    edit.Save(key, said with { Data = Nothing });
                }

                foreach (var (key, account) in await edit.ReadAllAsync<Account>(IdentityKeys.AccountPrefix, cancellationToken))
                {
                    edit.Save(key, account with { Attributes = Nothing });
                }

                edit.Audit(AuditDraft.Of($"erase:{stores.Clock.GetUtcNow():O}", AuditKind.Erased, new { by, reason }));
                return (null, lane.Next);
            },
            cancellationToken);

    static string? RefusalOf(string identityId, IdentityRecord? record, Lane lane) => record?.Status switch
    {
        null => $"there is no identity '{identityId}'",
        IdentityStatus.Active => $"identity '{identityId}' is active; it can be erased once it has left",
        IdentityStatus.Suspended => $"identity '{identityId}' is suspended and may return; it can be erased once it has left",
        _ when !lane.IsIdle => $"identity '{identityId}' has a run at work or an event waiting; it can be erased once that has ended",
        _ => null,
    };

    /// <summary>Erases the payloads of a stream's entries, but for those that tell of erasures.</summary>
    async Task<long> ErasePayloadsAsync(string table, string stream, CancellationToken cancellationToken)
    {
        var (kept, end) = (new HashSet<string>(), 0L);
        await foreach (var row in QueryAsync(table, stream, KeyRange.StartingWith(AuditChain.EntryPrefix), cancellationToken))
        {
            if (!Reading.Try<AuditEntry>(row, out var entry))
            {
                continue;
            }

            if (entry.Kind == AuditKind.Erased)
            {
                kept.Add(AuditChain.PayloadKey(entry.Number));
            }

            // Up to the entry of this erasure, or the end as it is seen: what a host adds meanwhile is of another life.
            end = entry.Kind == AuditKind.Erased || kept.Count == 0 ? entry.Number : end;
        }

        var sweeper = new RowSweeper(stores.Partitions.Store, table, stream);
        await foreach (var row in QueryAsync(table, stream, KeyRange.StartingWith(AuditChain.PayloadPrefix), cancellationToken))
        {
            if (!kept.Contains(row.Key)
                && long.TryParse(row.Key.AsSpan(AuditChain.PayloadPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number <= end)
            {
                await sweeper.DeleteAsync(row.Key, cancellationToken);
            }
        }

        await sweeper.FlushAsync(cancellationToken);
        return sweeper.Deleted;
    }

    async Task DeleteAsync(string identityId, KeyRange range, CancellationToken cancellationToken)
    {
        var sweeper = new RowSweeper(stores.Partitions.Store, TableNames.Identities, identityId);
        await foreach (var row in QueryAsync(TableNames.Identities, identityId, range, cancellationToken))
        {
            await sweeper.DeleteAsync(row.Key, cancellationToken);
        }

        await sweeper.FlushAsync(cancellationToken);
    }

    IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) =>
        stores.Partitions.Store.QueryAsync(table, partition, range, cancellationToken);
}
