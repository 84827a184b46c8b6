using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>
/// The inbox. It, and not the engine, decides whether an event has run. An event lies under a key made of its id, so the same event again
/// is the same row; while it is <see cref="InboxStatus.Received"/> a second row, in the same commit, says so, and a sweep finds it.
/// </summary>
/// <param name="partitions">Where it lies.</param>
/// <param name="mostWaiting">Events that may be received and not yet applied before there is no more room.</param>
public sealed class Inbox(Partitions partitions, int mostWaiting) : IEventInbox
{
    /// <summary>Few, so that rows written together lie together; a shard takes 2,000 rows a second on Table storage.</summary>
    const int Shards = 16;
    const string EventPrefix = "e-";
    const string PendingPrefix = "p-";

    /// <summary>Sixteen hexadecimal digits and a dash.</summary>
    const int TimeChars = 17;
    static readonly byte[] Pending = "{}"u8.ToArray();

    /// <summary>Called with each event after it is recorded, new or repeated: the quick way into a lane. The sweep is the sure one.</summary>
    public Action<ChangeEvent>? Recorded { get; set; }

    int _accepting;

    /// <summary>Events being recorded at this moment: a measure of how busy the intake is.</summary>
    public int Accepting => Volatile.Read(ref _accepting);

    /// <summary>Events received and not yet applied, stale or refused.</summary>
    public Backlog Backlog { get; } = new(mostWaiting);

    /// <inheritdoc/>
    public bool HasRoom => !Backlog.IsFull;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<bool>> AcceptAsync(IReadOnlyList<ChangeEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 1)
        {
            return [await AcceptAsync(events[0], cancellationToken)];
        }

        return await Task.WhenAll(events.Select(e => AcceptAsync(e, cancellationToken)));
    }

    /// <summary>Reads a row, or null.</summary>
    public Task<InboxRow?> FindAsync(InboxKey key, CancellationToken cancellationToken) =>
        partitions.ReadAsync<InboxRow>(TableNames.Inbox, key.Partition, key.Key, cancellationToken);

    /// <summary>Reads the keys of all events of a source that are still <see cref="InboxStatus.Received"/>.</summary>
    public async IAsyncEnumerable<InboxKey> ReadReceivedAsync(string source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var shard = 0; shard < Shards; shard++)
        {
            var partition = PartitionOf(source, shard);
            await foreach (var row in partitions.Store.QueryAsync(TableNames.Inbox, partition, KeyRange.StartingWith(PendingPrefix), cancellationToken))
            {
                yield return new InboxKey(partition, EventPrefix + row.Key[(PendingPrefix.Length + TimeChars)..]);
            }
        }
    }

    /// <summary>Reads the keys of all events that are still <see cref="InboxStatus.Received"/>, of every source there ever was. Reads the whole inbox.</summary>
    public async IAsyncEnumerable<InboxKey> ReadReceivedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in partitions.Store.ScanAsync(TableNames.Inbox, KeyRange.All, cancellationToken))
        {
            if (row.Key.StartsWith(PendingPrefix, StringComparison.Ordinal))
            {
                yield return new InboxKey(row.Partition, EventPrefix + row.Key[(PendingPrefix.Length + TimeChars)..]);
            }
        }
    }

    /// <summary>Records what became of an event. A status is never taken back: from queued to received, or from an ended one to another.</summary>
    /// <returns>The status that holds now.</returns>
    public async Task<InboxStatus> SettleAsync(InboxKey key, Func<InboxRow, InboxRow> settle, CancellationToken cancellationToken)
    {
        var (status, ended) = await SettleRowAsync(key, settle, cancellationToken);
        if (ended)
        {
            Backlog.Remove();
        }

        return status;
    }

    /// <summary>Notes that bringing a received event into a lane has failed once more.</summary>
    /// <returns>How often it has failed; 0 when it is not received any more.</returns>
    public Task<int> CountTryAsync(InboxKey key, CancellationToken cancellationToken) =>
        partitions.EditAsync(
            TableNames.Inbox,
            key.Partition,
            async edit =>
            {
                if (await edit.ReadAsync<InboxRow>(key.Key, cancellationToken) is not { Status: InboxStatus.Received } row)
                {
                    return 0;
                }

                edit.Save(key.Key, row with { Tries = row.Tries + 1 });
                return row.Tries + 1;
            },
            cancellationToken);

    Task<(InboxStatus Status, bool Ended)> SettleRowAsync(InboxKey key, Func<InboxRow, InboxRow> settle, CancellationToken cancellationToken) =>
        partitions.EditAsync(
            TableNames.Inbox,
            key.Partition,
            async edit =>
            {
                var row = await edit.ReadAsync<InboxRow>(key.Key, cancellationToken)
                    ?? throw Gone(key);
                var next = settle(row);
                if (next.Status <= row.Status || row.HasEnded)
                {
                    return (row.Status, false);
                }

                var pending = PendingKey(row.Event, key);
                if (row.Status == InboxStatus.Received && await edit.HasAsync(pending, cancellationToken))
                {
                    edit.Delete(pending);
                }

                edit.Save(key.Key, next.HasEnded ? next with { EndedAt = partitions.Clock.GetUtcNow() } : next);
                return (next.Status, next.HasEnded);
            },
            cancellationToken);

    /// <summary>Empties the events of an identity that have ended. Their rows stay, so that an event that is sent again is still known. Reads the whole inbox.</summary>
    /// <returns>How many were emptied.</returns>
    public async Task<long> EraseAsync(string identityId, CancellationToken cancellationToken)
    {
        var erased = 0L;
        await foreach (var row in partitions.Store.ScanAsync(TableNames.Inbox, KeyRange.All, cancellationToken))
        {
            if (IsEvent(row) && Reading.Try<InboxRow>(row, out var ended) && ended is { HasEnded: true, Event.Data.Count: > 0 } && ended.IdentityId == identityId)
            {
                var emptied = ended with { Event = ended.Event with { Data = FrozenDictionary<string, string>.Empty } };
                var batch = new RowBatch(TableNames.Inbox, row.Partition, RowWrite.Replace(row.Key, row.ETag, MeshJson.ToBytes(emptied)));
                erased += (await partitions.Store.CommitAsync(batch, cancellationToken)).Committed ? 1 : 0;
            }
        }

        return erased;
    }

    /// <summary>Whether the row of the inbox holds an event that can be read.</summary>
    internal static bool IsEvent(Row row) => !row.Damaged && row.Key.StartsWith(EventPrefix, StringComparison.Ordinal);

    /// <summary>Where an event lies.</summary>
    public static InboxKey KeyOf(string source, string eventId)
    {
        var encoded = KeyText.Encode(eventId);
        uint hash = 2166136261;
        foreach (var c in encoded)
        {
            hash = (hash ^ c) * 16777619;
        }

        return new InboxKey(PartitionOf(source, (int)(hash % Shards)), EventPrefix + encoded);
    }

    /// <summary>What is thrown when an event that was recorded is not there.</summary>
    internal static StoreException Gone(InboxKey key) => new(StoreFailure.Corrupt, $"Inbox row '{key.Key}' is gone.")
    {
        Row = new RowAddress(TableNames.Inbox, key.Partition, key.Key),
    };

    /// <summary>Ascending in time, so that a store keeps what is pending close together.</summary>
    static string PendingKey(ChangeEvent change, InboxKey key) =>
        string.Create(CultureInfo.InvariantCulture, $"{PendingPrefix}{change.ReceivedAt.UtcTicks:x16}-{key.Key.AsSpan(EventPrefix.Length)}");

    static string PartitionOf(string source, int shard) =>
        string.Create(CultureInfo.InvariantCulture, $"{KeyText.Encode(source)}-{shard:x2}");

    async Task<bool> AcceptAsync(ChangeEvent change, CancellationToken cancellationToken)
    {
        var key = KeyOf(change.Source, change.Id);
        var batch = new RowBatch(
            TableNames.Inbox,
            key.Partition,
            RowWrite.Insert(key.Key, MeshJson.ToBytes(new InboxRow(change, InboxStatus.Received))),
            RowWrite.Insert(PendingKey(change, key), Pending));
        bool committed;
        Interlocked.Increment(ref _accepting);
        try
        {
            committed = (await partitions.Store.CommitAsync(batch, cancellationToken)).Committed;
        }
        finally
        {
            Interlocked.Decrement(ref _accepting);
        }

        if (committed)
        {
            Backlog.Add();
        }

        // A repeated delivery also brings an event into its lane that is still waiting for one.
        Recorded?.Invoke(change);
        return committed;
    }
}
