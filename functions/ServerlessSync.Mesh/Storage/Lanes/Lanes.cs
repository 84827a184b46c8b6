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
    public async Task<LaneRun?> AdvanceAsync(string identityId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (run, lacking) = await partitions.EditIdentityAsync(identityId, edit => AdvanceAsync(edit, cancellationToken), cancellationToken);
            if (lacking is null)
            {
                return run;
            }

            // Lane and entry are two reads: whoever ended the entry in between has changed the lane as well.
            if (await FindAsync(identityId, cancellationToken) == lacking)
            {
                throw new StoreException(StoreFailure.Corrupt, $"Lane of '{identityId}' lacks its entry {lacking.Next}.")
                {
                    Row = new RowAddress(TableNames.Identities, identityId, IdentityKeys.Queue(lacking.Next)),
                };
            }
        }
    }

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
                    lane = lane with { Run = null, Next = lane.Next + 1, Repeats = 0 };
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

    /// <summary>
    /// Takes the run off the lane when it is the one at work, and leaves its entry: the next run begins it anew. For a run that could not do
    /// its work and will not, or that nobody can wait for; should it come back, the lane is no longer its own.
    /// </summary>
    public Task<bool> RepeatAsync(string identityId, string run, CancellationToken cancellationToken) =>
        partitions.EditIdentityAsync(
            identityId,
            async edit =>
            {
                if (await edit.ReadAsync<Lane>(IdentityKeys.Lane, cancellationToken) is not { } lane || lane.Run != run)
                {
                    return false;
                }

                edit.Save(IdentityKeys.Lane, lane with { Run = null, Repeats = lane.Repeats + 1 });
                edit.Audit(AuditDraft.Of($"{run}:repeat", AuditKind.RunRepeated, new { run }));
                return true;
            },
            cancellationToken);

    /// <summary>Reads a lane.</summary>
    public async Task<Lane> FindAsync(string identityId, CancellationToken cancellationToken) =>
        await partitions.ReadAsync<Lane>(TableNames.Identities, identityId, IdentityKeys.Lane, cancellationToken) ?? Lane.Empty;

    /// <summary>Reads the entries that wait behind the one at work, in order.</summary>
    public Task<IReadOnlyList<LaneEntry>> ReadWaitingAsync(string identityId, Lane lane, CancellationToken cancellationToken) =>
        ReadEntriesAsync(identityId, lane.Next + 1, lane.Last, cancellationToken);

    /// <summary>Reads every entry that is at work or waits, in order.</summary>
    public async Task<IReadOnlyList<LaneEntry>> ReadOpenAsync(string identityId, CancellationToken cancellationToken)
    {
        var lane = await FindAsync(identityId, cancellationToken);
        return await ReadEntriesAsync(identityId, lane.Next, lane.Last, cancellationToken);
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
    /// <param name="identityId">The identity.</param>
    /// <param name="number">Number of the entry.</param>
    /// <param name="repeats">How often it was begun anew.</param>
    public static string RunId(string identityId, long number, int repeats = 0) => repeats == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{identityId}-{number:D6}")
        : string.Create(CultureInfo.InvariantCulture, $"{identityId}-{number:D6}.{repeats}");

    /// <summary>The runs that began the entry of a run before it and did not come through, the newest first.</summary>
    public static IEnumerable<string> RunsBefore(string run)
    {
        if (run.LastIndexOf('.') is var dot and > 0
            && int.TryParse(run.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var repeats))
        {
            for (repeats--; repeats >= 0; repeats--)
            {
                yield return repeats == 0 ? run[..dot] : string.Create(CultureInfo.InvariantCulture, $"{run[..dot]}.{repeats}");
            }
        }
    }

    /// <summary>The run at work, or the lane whose next entry is not there.</summary>
    static async Task<(LaneRun? Run, Lane? Lacking)> AdvanceAsync(PartitionEdit edit, CancellationToken cancellationToken)
    {
        var lane = await edit.ReadAsync<Lane>(IdentityKeys.Lane, cancellationToken) ?? Lane.Empty;
        if (lane.IsIdle)
        {
            return (null, null);
        }

        if (await edit.ReadAsync<LaneEntry>(IdentityKeys.Queue(lane.Next), cancellationToken) is not { } entry)
        {
            return (null, lane);
        }

        if (lane.Run is null)
        {
            lane = lane with { Run = RunId(edit.Partition, lane.Next, lane.Repeats) };
            edit.Save(IdentityKeys.Lane, lane);
        }

        return (new LaneRun(edit.Partition, lane.Run!, entry), null);
    }

    async Task<IReadOnlyList<LaneEntry>> ReadEntriesAsync(string identityId, long first, long last, CancellationToken cancellationToken)
    {
        var entries = new List<LaneEntry>();
        for (var number = first; number <= last; number++)
        {
            if (await partitions.ReadAsync<LaneEntry>(TableNames.Identities, identityId, IdentityKeys.Queue(number), cancellationToken) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    static string ShardOf(string identityId) =>
        string.Create(CultureInfo.InvariantCulture, $"{(identityId[^1] + (identityId[0] * 7)) % Shards:x2}");

    sealed record EventMarker(long Number);
}
