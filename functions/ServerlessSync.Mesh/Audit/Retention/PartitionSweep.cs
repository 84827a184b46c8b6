using System.Globalization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>Takes the rows of one partition in the order of their keys, entries before payloads, and deletes what is due.</summary>
sealed class PartitionSweep(MeshStores stores, string table, string partition, RetentionHorizon horizon)
{
    readonly RowSweeper _sweeper = new(stores.Partitions.Store, table, partition);

    /// <summary>Entries up to this one are old enough.</summary>
    long _upTo;
    bool _metYounger;

    /// <summary>The target's newest comparison, which stays.</summary>
    long _newest;

    /// <summary>Whether the suspects of this partition are due; null before the first.</summary>
    bool? _suspectsAreDue;

    /// <summary>Settled drift deleted.</summary>
    long _drifts;

    public string Partition => partition;

    public async Task TakeAsync(Row row, CancellationToken cancellationToken)
    {
        if (await IsDueAsync(row, cancellationToken))
        {
            await _sweeper.DeleteAsync(row.Key, cancellationToken);
        }
        else if (IsDueDrift(row))
        {
            // As it was read: drift found again meanwhile stays.
            var commit = await stores.Partitions.Store.CommitAsync(new RowBatch(table, partition, RowWrite.Delete(row.Key, row.ETag)), cancellationToken);
            _drifts += commit.Committed ? 1 : 0;
        }
    }

    public async Task<long> EndAsync(CancellationToken cancellationToken)
    {
        await _sweeper.FlushAsync(cancellationToken);
        return _sweeper.Deleted + _drifts;
    }

    async ValueTask<bool> IsDueAsync(Row row, CancellationToken cancellationToken) => table switch
    {
        TableNames.Inbox => await IsDueEventAsync(row, cancellationToken),
        TableNames.Reconciliations => SuspectStore.IsSuspect(row, out var comparisons, out var number)
            ? _suspectsAreDue ??= await AreDueSuspectsAsync(comparisons, number, cancellationToken)
            : IsDueComparison(row),
        _ => IsDuePayload(row),
    };

    bool IsDueDrift(Row row) =>
        table == TableNames.Drifts
        && row.Key.StartsWith(DriftStore.KeyPrefix, StringComparison.Ordinal)
        && Reading.Try<DriftItem>(row, out var item)
        && item.SettledAt < horizon.Drift;

    bool IsDueComparison(Row row)
    {
        if (row.Key != ReconciliationStore.LastKey && !row.Key.StartsWith(ReconciliationStore.RunPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        if (!Reading.Try<ReconciliationRun>(row, out var run))
        {
            return false;
        }

        _newest = Math.Max(_newest, run.Number);
        return run.Number < _newest && run.EndedAt < (TellsNothing(run) ? horizon.History : horizon.Drift);
    }

    /// <summary>Changes are compared every few minutes: where nothing was found, that it was compared is kept as long as the history of its run.</summary>
    static bool TellsNothing(ReconciliationRun run) =>
        run is { Mode: ReconciliationMode.Changes, Outcome: ReconciliationOutcome.Completed, Found.Count: 0 };

    /// <summary>Suspects tell of people and go with their comparison, or, of the newest, when it ended long ago.</summary>
    async Task<bool> AreDueSuspectsAsync(string comparisons, long number, CancellationToken cancellationToken) =>
        await stores.Reconciliations.FindInAsync(comparisons, number, cancellationToken) is not { } run || run.EndedAt < horizon.Drift;

    bool IsDuePayload(Row row)
    {
        if (row.Key.StartsWith(AuditChain.EntryPrefix, StringComparison.Ordinal) && Reading.Try<AuditEntry>(row, out var entry))
        {
            _metYounger |= entry.At >= horizon.Payloads;
            _upTo = _metYounger ? _upTo : entry.Number;
        }

        return row.Key.StartsWith(AuditChain.PayloadPrefix, StringComparison.Ordinal)
            && long.TryParse(row.Key.AsSpan(AuditChain.PayloadPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= _upTo;
    }

    /// <summary>An event whose run still has to leave its lane is kept: what that run has yet to do begins with it.</summary>
    async Task<bool> IsDueEventAsync(Row row, CancellationToken cancellationToken) =>
        Inbox.IsEvent(row)
        && Reading.Try<InboxRow>(row, out var inbox)
        && inbox.HasEnded
        && (inbox.EndedAt ?? inbox.Event.ReceivedAt) < horizon.Inbox
        && (inbox.Run is null || inbox.IdentityId is null || (await stores.Lanes.FindAsync(inbox.IdentityId, cancellationToken)).Run != inbox.Run);
}
