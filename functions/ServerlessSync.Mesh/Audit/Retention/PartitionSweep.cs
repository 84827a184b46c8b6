using System.Globalization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>Takes the rows of one partition in the order of their keys, entries before payloads, and deletes what is due.</summary>
sealed class PartitionSweep(MeshStores stores, string table, string partition, (DateTimeOffset Payloads, DateTimeOffset Inbox) horizon)
{
    readonly RowSweeper _sweeper = new(stores.Partitions.Store, table, partition);

    /// <summary>Entries up to this one are old enough.</summary>
    long _upTo;
    bool _metYounger;

    public string Partition => partition;

    public async Task TakeAsync(Row row, CancellationToken cancellationToken)
    {
        if (table == TableNames.Inbox ? await IsDueEventAsync(row, cancellationToken) : IsDuePayload(row))
        {
            await _sweeper.DeleteAsync(row.Key, cancellationToken);
        }
    }

    public async Task<long> EndAsync(CancellationToken cancellationToken)
    {
        await _sweeper.FlushAsync(cancellationToken);
        return _sweeper.Deleted;
    }

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
