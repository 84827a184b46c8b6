using System.Globalization;
using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>
/// The inbox. It, and not the engine, decides whether an event has run. An event lies under a key made of its id, so the same event again
/// is the same row; while it is <see cref="InboxStatus.Received"/> a second row, in the same commit, says so, and a sweep finds it.
/// </summary>
public sealed class Inbox(Partitions partitions) : IEventInbox
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
    public Task<InboxStatus> SettleAsync(InboxKey key, Func<InboxRow, InboxRow> settle, CancellationToken cancellationToken) =>
        partitions.EditAsync(
            TableNames.Inbox,
            key.Partition,
            async edit =>
            {
                var row = await edit.ReadAsync<InboxRow>(key.Key, cancellationToken)
                    ?? throw Gone(key);
                var next = settle(row);
                if (next.Status <= row.Status || row.Status > InboxStatus.Queued)
                {
                    return row.Status;
                }

                var pending = PendingKey(row.Event, key);
                if (row.Status == InboxStatus.Received && await edit.HasAsync(pending, cancellationToken))
                {
                    edit.Delete(pending);
                }

                edit.Save(key.Key, next);
                return next.Status;
            },
            cancellationToken);

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

        // A repeated delivery also brings an event into its lane that is still waiting for one.
        Recorded?.Invoke(change);
        return committed;
    }
}
