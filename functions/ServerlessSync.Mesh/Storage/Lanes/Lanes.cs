using System.Globalization;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>
/// The ordered queue of each identity. Which run acts is decided here, in the store, and by no engine lock: two hosts cannot both win.
/// </summary>
public sealed class Lanes(Partitions partitions)
{
    const int Shards = 16;
    static readonly byte[] Busy = "{}"u8.ToArray();

    /// <summary>
    /// Puts an event in the lane, once however often it is called for the same event, and raises the epoch in the same commit when it is a
    /// termination. Also makes sure a sweep will find the lane until it is idle again.
    /// </summary>
    /// <param name="identityId">The identity.</param>
    /// <param name="change">The event.</param>
    /// <param name="inbox">Where it lies.</param>
    /// <param name="prepare">Further rows of the same commit, such as the identity's first record.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The lane as it stands with the event.</returns>
    public async Task<Lane> EnqueueAsync(
        string identityId,
        ChangeEvent change,
        InboxKey inbox,
        Func<PartitionEdit, Task> prepare,
        CancellationToken cancellationToken)
    {
        var lane = await partitions.EditIdentityAsync(
            identityId,
            async edit =>
            {
                var lane = await edit.ReadAsync<Lane>(IdentityKeys.Lane, cancellationToken) ?? Lane.Empty;
                var marker = IdentityKeys.Event(change.Source, change.Id);
                if (await edit.ReadAsync<EventMarker>(marker, cancellationToken) is not null)
                {
                    return lane;
                }

                await prepare(edit);
                lane = lane with { Last = lane.Last + 1, Epoch = lane.Epoch + (change.Kind == ChangeKind.Terminated ? 1 : 0) };

                // What an operator repeats is news whatever its sequence.
                var entry = new LaneEntry(inbox, change.Kind, change.Source, change.ReplayOf is null ? change.Sequence : null, lane.Epoch);
                edit.Save(marker, new EventMarker(lane.Last));
                edit.Save(IdentityKeys.Queue(lane.Last), entry);
                edit.Save(IdentityKeys.Lane, lane);
                edit.Audit(AuditDraft.Of($"event:{change.Source}:{change.Id}", AuditKind.EventQueued, change));
                return lane;
            },
            cancellationToken);
        await partitions.Store.CommitAsync(new RowBatch(TableNames.Lanes, ShardOf(identityId), RowWrite.Put(identityId, Busy)), cancellationToken);
        return lane;
    }

    /// <summary>Names the run for the next entry, or answers the one at work; null when nothing waits. The caller starts it; already there is fine.</summary>
    public Task<LaneRun?> AdvanceAsync(string identityId, CancellationToken cancellationToken) =>
        partitions.EditIdentityAsync(
            identityId,
            async edit =>
            {
                var lane = await edit.ReadAsync<Lane>(IdentityKeys.Lane, cancellationToken) ?? Lane.Empty;
                if (lane.IsIdle)
                {
                    return null;
                }

                var entry = await edit.ReadAsync<LaneEntry>(IdentityKeys.Queue(lane.Next), cancellationToken)
                    ?? throw new StoreException(StoreFailure.Corrupt, $"Lane of '{identityId}' lacks its entry {lane.Next}.");
                if (lane.Run is null)
                {
                    lane = lane with { Run = RunId(identityId, lane.Next) };
                    edit.Save(IdentityKeys.Lane, lane);
                }

                return new LaneRun(identityId, lane.Run!, entry);
            },
            cancellationToken);

    /// <summary>Takes the run off the lane when it is the one at work, with further rows in the same commit. Repeating it changes nothing.</summary>
    public async Task CompleteAsync(string identityId, string run, Func<PartitionEdit, Task> conclude, CancellationToken cancellationToken)
    {
        var busy = await partitions.Store.GetAsync(new RowAddress(TableNames.Lanes, ShardOf(identityId), identityId), cancellationToken);
        var idle = await partitions.EditIdentityAsync(
            identityId,
            async edit =>
            {
                var lane = await edit.ReadAsync<Lane>(IdentityKeys.Lane, cancellationToken) ?? Lane.Empty;
                if (lane.Run == run)
                {
                    await conclude(edit);
                    await edit.ReadAsync<LaneEntry>(IdentityKeys.Queue(lane.Next), cancellationToken);
                    edit.Delete(IdentityKeys.Queue(lane.Next));
                    lane = lane with { Run = null, Next = lane.Next + 1 };
                    edit.Save(IdentityKeys.Lane, lane);
                }

                return lane.IsIdle;
            },
            cancellationToken);
        if (idle && busy is not null)
        {
            // Only as it was read before the lane was seen idle: an event queued since has written the row anew.
            await partitions.Store.CommitAsync(
                new RowBatch(TableNames.Lanes, ShardOf(identityId), RowWrite.Delete(identityId, busy.ETag)),
                cancellationToken);
        }
    }

    /// <summary>Reads a lane.</summary>
    public async Task<Lane> FindAsync(string identityId, CancellationToken cancellationToken) =>
        await partitions.ReadAsync<Lane>(TableNames.Identities, identityId, IdentityKeys.Lane, cancellationToken) ?? Lane.Empty;

    /// <summary>Reads the entries that wait behind the one at work, in order.</summary>
    public async Task<IReadOnlyList<LaneEntry>> ReadWaitingAsync(string identityId, Lane lane, CancellationToken cancellationToken)
    {
        var waiting = new List<LaneEntry>();
        for (var number = lane.Next + 1; number <= lane.Last; number++)
        {
            if (await partitions.ReadAsync<LaneEntry>(TableNames.Identities, identityId, IdentityKeys.Queue(number), cancellationToken) is { } entry)
            {
                waiting.Add(entry);
            }
        }

        return waiting;
    }

    /// <summary>Reads the identities whose lanes may not be idle.</summary>
    public async IAsyncEnumerable<string> ReadBusyAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in partitions.Store.ScanAsync(TableNames.Lanes, KeyRange.All, cancellationToken))
        {
            yield return row.Key;
        }
    }

    /// <summary>Number of an event in its lane, or null when it never entered it.</summary>
    public async Task<long?> FindNumberAsync(string identityId, ChangeEvent change, CancellationToken cancellationToken) =>
        (await partitions.ReadAsync<EventMarker>(
            TableNames.Identities, identityId, IdentityKeys.Event(change.Source, change.Id), cancellationToken))?.Number;

    /// <summary>The identity a run acts for; a text that is no run's id gives one nobody has.</summary>
    public static string IdentityOf(string run) => run.LastIndexOf('-') is var dash and > 0 ? run[..dash] : run;

    /// <summary>Instance id of the run for an entry.</summary>
    public static string RunId(string identityId, long number) => string.Create(CultureInfo.InvariantCulture, $"{identityId}-{number:D6}");

    static string ShardOf(string identityId) =>
        string.Create(CultureInfo.InvariantCulture, $"{(identityId[^1] + (identityId[0] * 7)) % Shards:x2}");

    sealed record EventMarker(long Number);
}
