using System.Runtime.CompilerServices;
using System.Text.Json;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>
/// What was found to differ, one open item for each identity and target, or for each account nobody is known for. Every opening, decision and
/// settlement is in the audit.
/// </summary>
public sealed class DriftStore(Partitions partitions)
{
    /// <summary>What keys of items begin with.</summary>
    internal const string KeyPrefix = "d-";

    /// <summary>Stands in no encoded name.</summary>
    const char PartSeparator = '~';

    const char TokenSeparator = '|';
    const string QueueSuffix = "~queue";
    static readonly byte[] Marked = "{}"u8.ToArray();

    /// <summary>
    /// Opens a drift, or adds to the open one: findings found again keep when they were first seen, what is not found any more leaves, and the state
    /// stays. What was settled is opened anew under the next number; but what a person chose to ignore stays settled while exactly that is found.
    /// </summary>
    /// <param name="found">What was found; its opening number and state are not looked at.</param>
    /// <param name="state">Where it begins, if it was not open.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The item as it stands now; a settled one is ignored.</returns>
    public Task<DriftItem> OpenAsync(DriftItem found, DriftState state, CancellationToken cancellationToken) =>
        EditAsync(
            found.Target,
            KeyOf(found),
            there => there switch
            {
                { SettledAt: null } open => open with
                {
                    Findings = Merge(open.Findings, found.Findings),
                    AccountKey = found.AccountKey,
                    FoundBy = found.FoundBy,
                    LetThrough = Merge(open.LetThrough, found.LetThrough),
                    Owner = found.Owner,
                    Due = found.Due,
                },
                { Ignored: { } ignored } when ignored == FingerprintOf(found.Findings) => there,
                _ => found with
                {
                    Opening = (there?.Opening ?? 0) + 1,
                    State = state,
                    Attempt = 0,
                    NotBefore = null,
                    Ignored = null,
                    Edits = there?.Edits ?? 0,
                    LetThrough = Merge(there?.LetThrough, found.LetThrough),
                    MendedBy = null,
                    SettledAt = null,
                },
            },
            AuditKind.DriftOpened,
            cancellationToken)!;

    /// <summary>
    /// Changes an open item of that opening; one that was settled or opened anew since stays as it is. Each time it becomes queued counts as another
    /// attempt.
    /// </summary>
    /// <returns>The item as it stands now, or null when it is not open under that number.</returns>
    public Task<DriftItem?> MoveAsync(DriftItem item, Func<DriftItem, DriftItem> change, CancellationToken cancellationToken) =>
        EditAsync(
            item.Target,
            KeyOf(item),
            there => there is { SettledAt: null } open && open.Opening == item.Opening ? change(open) : null,
            AuditKind.DriftDecided,
            cancellationToken);

    /// <summary>Settles an open item of that opening.</summary>
    /// <returns>False when it is not open under that number.</returns>
    public Task<bool> SettleAsync(DriftItem item, string how, CancellationToken cancellationToken) =>
        SettleAsync(item, open => open with { Reason = how }, cancellationToken);

    /// <summary>Settles an open item of that opening that a run found gone or has mended.</summary>
    /// <returns>False when it is not open under that number.</returns>
    public Task<bool> SettleMendedAsync(DriftItem item, string how, string run, CancellationToken cancellationToken) =>
        SettleAsync(item, open => open with { Reason = how, MendedBy = run }, cancellationToken);

    /// <summary>Settles an open item of that opening, which is not opened again while exactly the same is found.</summary>
    /// <returns>False when it is not open under that number, or its findings are not those of the item given any more.</returns>
    public Task<bool> IgnoreAsync(DriftItem item, string how, CancellationToken cancellationToken) => SettleAsync(
        item, open => open.Fingerprint == item.Fingerprint ? open with { Reason = how, Ignored = open.Fingerprint } : null, cancellationToken);

    async Task<bool> SettleAsync(DriftItem item, Func<DriftItem, DriftItem?> settle, CancellationToken cancellationToken) =>
        await EditAsync(
            item.Target,
            KeyOf(item),
            there => there is { SettledAt: null } open && open.Opening == item.Opening && settle(open) is { } settled
                ? settled with { State = DriftState.Settled, SettledAt = partitions.Clock.GetUtcNow() }
                : null,
            AuditKind.DriftSettled,
            cancellationToken) is not null;

    /// <summary>
    /// Reads the open items of a target that are queued; costs as many reads as there are of these, however many are settled. One that cannot be read is
    /// passed over.
    /// </summary>
    public async IAsyncEnumerable<DriftItem> ReadQueuedAsync(string target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var mark in partitions.Store.QueryAsync(TableNames.Drifts, QueueOf(target), KeyRange.StartingWith(KeyPrefix), cancellationToken))
        {
            var row = await partitions.Store.GetAsync(new RowAddress(TableNames.Drifts, PartitionOf(target, mark.Key), mark.Key), cancellationToken);
            if (row is not null && Read(row, static _ => { }) is { } item && IsQueued(item))
            {
                yield return item;
            }
        }
    }

    /// <summary>What findings are, whenever they were seen.</summary>
    public static string FingerprintOf(IEnumerable<DriftFinding> findings) => KeyText.Hash(string.Join('\n', findings
        .Select(f => JsonSerializer.Serialize(new[] { f.Kind.Word(), f.Subject, f.Expected, f.Found }, MeshJson.Options))
        .Order(StringComparer.Ordinal)));

    /// <summary>Reads the item of an identity, open or settled, or null.</summary>
    public Task<DriftItem?> FindAsync(string target, string identityId, CancellationToken cancellationToken) =>
        partitions.ReadAsync<DriftItem>(TableNames.Drifts, PartitionOf(target, KeyOf(identityId, null)), KeyOf(identityId, null), cancellationToken);

    /// <summary>Reads the item of an account nobody is known for, open or settled, or null.</summary>
    public Task<DriftItem?> FindAccountAsync(string target, string accountKey, CancellationToken cancellationToken) =>
        partitions.ReadAsync<DriftItem>(TableNames.Drifts, PartitionOf(target, KeyOf(null, accountKey)), KeyOf(null, accountKey), cancellationToken);

    /// <summary>Reads every open item, after the token given, each with its own token; of one target or of all. A scan is no snapshot.</summary>
    public IAsyncEnumerable<(string Token, DriftItem Item)> ReadOpenAsync(string? target, string? after, CancellationToken cancellationToken) =>
        ReadOpenAsync(target, after, static _ => { }, cancellationToken);

    /// <summary>Reads every open item, after the token given, each with its own token; of one target or of all. A scan is no snapshot.</summary>
    /// <param name="target">The target, or null for all.</param>
    /// <param name="after">Token of the one before, or null.</param>
    /// <param name="skipped">Called with the address of each row that cannot be read.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async IAsyncEnumerable<(string Token, DriftItem Item)> ReadOpenAsync(
        string? target, string? after, Action<RowAddress> skipped, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var range = target is null ? KeyRange.All : KeyRange.StartingWith(KeyText.Encode(target) + PartSeparator);
        if (after?[..Math.Max(0, after.IndexOf(TokenSeparator, StringComparison.Ordinal))] is { } from && string.CompareOrdinal(from, range.From) > 0)
        {
            range = range with { From = from };
        }

        await foreach (var row in partitions.Store.ScanAsync(TableNames.Drifts, range, cancellationToken))
        {
            var token = row.Partition + TokenSeparator + row.Key;
            if (row.Key.StartsWith(KeyPrefix, StringComparison.Ordinal)
                && !row.Partition.EndsWith(QueueSuffix, StringComparison.Ordinal)
                && (after is null || string.CompareOrdinal(token, after) > 0)
                && Read(row, skipped) is { SettledAt: null } open)
            {
                yield return (token, open);
            }
        }
    }

    /// <summary>Where the item of an identity lies in each target that ever had drift.</summary>
    internal async IAsyncEnumerable<RowAddress> PlacesOfAsync(string identityId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var key = KeyOf(identityId, null);
        for (var from = string.Empty; await FirstPartitionAsync(from, cancellationToken) is { } first; from = first + (char)(PartSeparator + 1))
        {
            first = first[..first.LastIndexOf(PartSeparator)];
            yield return new RowAddress(TableNames.Drifts, first + PartSeparator + PartOf(key), key);
        }
    }

    async Task<DriftItem?> EditAsync(
        string target, string key, Func<DriftItem?, DriftItem?> change, AuditKind kind, CancellationToken cancellationToken)
    {
        Row? mark = null;
        var result = await partitions.EditAsync(
            TableNames.Drifts,
            PartitionOf(target, key),
            async edit =>
            {
                mark = null;
                var there = await edit.ReadAsync<DriftItem>(key, cancellationToken);
                var next = change(there) is { } changed ? Charge(there, changed) : null;
                if (next is null || (there is not null && MeshJson.ToBytes(next).AsSpan().SequenceEqual(MeshJson.ToBytes(there))))
                {
                    return next;
                }

                next = Count(there, next);
                if (IsQueued(next))
                {
                    // Before the item: whoever looks for work finds it, and looks at the item.
                    await partitions.Store.CommitAsync(new RowBatch(TableNames.Drifts, QueueOf(target), RowWrite.Put(key, Marked)), cancellationToken);
                }
                else if (IsQueued(there))
                {
                    mark = await partitions.Store.GetAsync(new RowAddress(TableNames.Drifts, QueueOf(target), key), cancellationToken);
                }

                edit.Save(key, next);
                if (kind != AuditKind.DriftOpened || there?.Opening != next.Opening)
                {
                    edit.Audit(AuditDraft.Of($"drift:{target}:{key}:{next.Edits}", kind, next));
                }

                return next;
            },
            cancellationToken);
        if (mark is not null)
        {
            // Only as it was read before the item left the queue: one queued since has written it anew.
            await partitions.Store.CommitAsync(new RowBatch(TableNames.Drifts, QueueOf(target), RowWrite.Delete(key, mark.ETag)), cancellationToken);
        }

        return result;
    }

    /// <summary>Counts the change, and the attempt when it is queued by it.</summary>
    static DriftItem Count(DriftItem? there, DriftItem next)
    {
        next = next with { Edits = next.Edits + 1, ByPerson = next.ByPerson && IsQueued(next) };
        return !IsQueued(next) || (IsQueued(there) && there!.Opening == next.Opening) ? next : next with { Attempt = next.Attempt + 1, MendedBy = null };
    }

    /// <summary>Who is asked first stays asked, by the same day or a sooner one; where nobody is asked nobody owes an answer.</summary>
    static DriftItem Charge(DriftItem? there, DriftItem next) =>
        !IsAsked(next) ? next with { Owner = null, Due = null }
        : IsAsked(there) && there!.Opening == next.Opening ? next with { Owner = there.Owner ?? next.Owner, Due = next.Due < there.Due ? next.Due : there.Due ?? next.Due }
        : next;

    static bool IsAsked(DriftItem? item) => item is { SettledAt: null, State: DriftState.Asked };

    static bool IsQueued(DriftItem? item) => item is { SettledAt: null, State: DriftState.Queued };

    static List<DriftFinding> Merge(IReadOnlyList<DriftFinding> before, IReadOnlyList<DriftFinding> now) =>
        [.. now.Select(f => before.FirstOrDefault(f.IsAbout) is { } known ? f with { FirstSeen = known.FirstSeen } : f)];

    static IReadOnlyDictionary<DriftKind, long> Merge(IReadOnlyDictionary<DriftKind, long>? before, IReadOnlyDictionary<DriftKind, long> now) =>
        before is null || before.Count == 0 ? now : new SortedDictionary<DriftKind, long>(before.Where(b => !now.ContainsKey(b.Key)).Concat(now).ToDictionary());

    static string KeyOf(DriftItem item) => KeyOf(item.IdentityId, item.AccountKey);

    static string KeyOf(string? identityId, string? accountKey) =>
        identityId is not null
            ? $"{KeyPrefix}i-{KeyText.Encode(identityId)}"
            : $"{KeyPrefix}a-{KeyText.Encode(accountKey ?? throw new ArgumentException("A drift is about an identity or an account.", nameof(accountKey)))}";

    /// <summary>Where the keys of a target's queued items lie.</summary>
    static string QueueOf(string target) => KeyText.Encode(target) + QueueSuffix;

    /// <summary>A target's drift lies in 64 partitions, so that many can be opened at once.</summary>
    static string PartitionOf(string target, string key) => KeyText.Encode(target) + PartSeparator + PartOf(key);

    static char PartOf(string key) => KeyText.Hash(key)[0];

    static DriftItem? Read(Row row, Action<RowAddress> skipped)
    {
        try
        {
            return MeshJson.FromRow<DriftItem>(row, TableNames.Drifts);
        }
        catch (StoreException e) when (e.Row is { } damaged)
        {
            skipped(damaged);
            return null;
        }
    }

    async Task<string?> FirstPartitionAsync(string from, CancellationToken cancellationToken)
    {
        await foreach (var row in partitions.Store.ScanAsync(TableNames.Drifts, new KeyRange(from, null), cancellationToken))
        {
            return row.Partition;
        }

        return null;
    }
}
