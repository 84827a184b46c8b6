using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>
/// Takes checkpoints and brings them to the anchor. The chain in the store may run ahead of an anchor that cannot be written; the anchor gets
/// every checkpoint in order later. One round at a time in a process; two processes may work on one store.
/// </summary>
/// <param name="stores">The stores.</param>
/// <param name="signer">Signs.</param>
/// <param name="anchor">Where checkpoints are brought.</param>
/// <param name="alarm">Who is told when rounds keep failing; null for a single round.</param>
/// <param name="logger">Where failures are logged.</param>
public sealed partial class Checkpointer(MeshStores stores, ICheckpointSigner signer, IAnchor anchor, CheckpointAlarm? alarm, ILogger logger)
{
    const int MostTries = 10;

    readonly CheckpointRows _rows = new(stores.Partitions.Store);
    Checkpoint? _last;
    volatile bool _seenAll;

    /// <summary>How often a checkpoint is taken.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Leaves of one checkpoint; when everything is compared and more streams grew, several are taken.</summary>
    /// <value>100,000</value>
    public int MostLeaves { get; init; } = ChangedStreams.Most;

    /// <summary>Lets the next round compare every stream with the chain: another process may have ended before it took what it wrote.</summary>
    public void CompareAll() => _seenAll = false;

    /// <summary>Lets the first round take what this process wrote and no more; for hosts that have everything compared from time to time.</summary>
    public void CompareLater() => _seenAll = true;

    /// <summary>
    /// One round: a checkpoint over the streams that grew since the last one, if any did, and whatever the anchor lacks. The first round, and one after
    /// more streams grew than are counted, compares every stream with the chain. A failure is logged, told to the alarm and left to the next round.
    /// </summary>
    /// <returns>Whether all is done.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RoundAsync(cancellationToken);
            if (alarm is not null)
            {
                await alarm.CalmAsync(cancellationToken);
            }

            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailed(logger, e);
            if (alarm is not null)
            {
                await alarm.RaiseAsync(e, cancellationToken);
            }

            return false;
        }
    }

    async Task RoundAsync(CancellationToken cancellationToken)
    {
        // Before the anchor is read, for another host may append meanwhile: what was noted by now must be found there.
        var noted = await _rows.ReadAnchoredAsync(cancellationToken) ?? 0;
        var (anchored, unreachable) = await ReadAnchorAsync(cancellationToken);
        await FollowAsync(cancellationToken);
        if (unreachable is null)
        {
            await RequireSameAsync(anchored, cancellationToken);
        }

        await TakeAsync(cancellationToken);
        if (unreachable is not null)
        {
            throw unreachable;
        }

        await BringAsync(anchored?.Number ?? 0, noted, cancellationToken);
    }

    async Task<(Checkpoint? Last, IOException? Unreachable)> ReadAnchorAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await anchor.ReadLastAsync(cancellationToken), null);
        }
        catch (IOException e)
        {
            return (null, e);
        }
    }

    /// <summary>Goes on to the end of the chain, which another host may have moved.</summary>
    async Task FollowAsync(CancellationToken cancellationToken)
    {
        Row? end = null;
        await foreach (var row in _rows.ReadChainAsync((_last?.Number ?? 0) + 1, cancellationToken))
        {
            end = row;
        }

        _last = end is null ? _last : MeshJson.FromRow<Checkpoint>(end);
    }

    /// <summary>The chain may not go on beside what is anchored: nobody could tell afterwards which of the two is true.</summary>
    async Task RequireSameAsync(Checkpoint? anchored, CancellationToken cancellationToken)
    {
        if (anchored is null)
        {
            return;
        }

        var row = await _rows.FindAsync(anchored.Number, cancellationToken);
        if (row is null || MeshJson.FromRow<Checkpoint>(row).Hash != anchored.Hash)
        {
            throw new StoreException(
                StoreFailure.Corrupt,
                $"The anchor ends with checkpoint {anchored.Number}, which the store {(row is null ? "does not have" : "has otherwise")}: the chain in the store was cut, rewritten or restored "
                + "from a backup. Run audit verify; restore the newer store, or keep this anchor as evidence and begin another one.");
        }
    }

    async Task TakeAsync(CancellationToken cancellationToken)
    {
        var noted = stores.Partitions.Changed.Take();
        if (noted is null || !_seenAll)
        {
            _seenAll = false;
            await TakeMissingAsync(cancellationToken);
            _seenAll = true;
            return;
        }

        try
        {
            await TakeAsync(noted, cancellationToken);
        }
        catch
        {
            foreach (var (table, stream) in noted)
            {
                stores.Partitions.Changed.Add(table, stream);
            }

            throw;
        }
    }

    async Task TakeMissingAsync(CancellationToken cancellationToken)
    {
        var reader = new HeadReader(stores.Partitions.Store, _rows);
        var missing = new List<(string, string)>();
        await foreach (var head in reader.ReadMissingAsync(_last?.Number ?? 0, cancellationToken))
        {
            missing.Add((head.Table, head.Stream));
            if (missing.Count == MostLeaves)
            {
                await TakeAsync(missing, cancellationToken);
                missing.Clear();
            }
        }

        await TakeAsync(missing, cancellationToken);
    }

    /// <summary>One checkpoint over the streams named. When another host was faster, heads are read again: no checkpoint may hold older ones than the one before.</summary>
    async Task TakeAsync(IReadOnlyCollection<(string Table, string Stream)> streams, CancellationToken cancellationToken)
    {
        if (streams.Count == 0)
        {
            return;
        }

        var reader = new HeadReader(stores.Partitions.Store, _rows);
        for (var attempt = 1; attempt <= MostTries; attempt++)
        {
            var heads = await reader.ReadAsync(streams, cancellationToken);
            heads.Sort(CheckpointChain.Compare);
            if (heads.Count == 0)
            {
                return;
            }

            var checkpoint = await MakeAsync(heads, cancellationToken);
            if (await _rows.InsertAsync(checkpoint, heads, cancellationToken))
            {
                _last = checkpoint;
                return;
            }

            await FollowAsync(cancellationToken);
        }

        throw new StoreException(StoreFailure.Unavailable, $"Another host took the next checkpoint {MostTries} times.");
    }

    async Task<Checkpoint> MakeAsync(List<StreamHead> heads, CancellationToken cancellationToken)
    {
        var unsigned = new Checkpoint(
            (_last?.Number ?? 0) + 1,
            stores.Clock.GetUtcNow(),
            _last?.Hash ?? CheckpointChain.First,
            heads.Count,
            CheckpointChain.RootOf(heads),
            signer.Key,
            string.Empty,
            string.Empty);
        var hash = CheckpointChain.HashOf(unsigned);
        var signature = await signer.SignAsync(Convert.FromBase64String(hash), cancellationToken);
        return unsigned with { Hash = hash, Signature = Convert.ToBase64String(signature) };
    }

    /// <summary>Appends what the anchor lacks.</summary>
    async Task BringAsync(long anchored, long noted, CancellationToken cancellationToken)
    {
        if (anchored < noted)
        {
            LogShortened(logger, anchored, noted);
            if (alarm is not null)
            {
                await alarm.RaiseShortenedAsync(anchored, noted, cancellationToken);
            }
        }

        var reached = anchored;
        await foreach (var row in _rows.ReadChainAsync(anchored + 1, cancellationToken))
        {
            var checkpoint = MeshJson.FromRow<Checkpoint>(row);
            await anchor.AppendAsync(checkpoint, cancellationToken);
            reached = checkpoint.Number;
        }

        if (reached > noted)
        {
            await _rows.SaveAnchoredAsync(reached, cancellationToken);
        }
    }

    [LoggerMessage(EventId = 1020, Level = LogLevel.Error, Message = "No audit checkpoint could be taken or anchored; the next round tries again")]
    static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 1021, Level = LogLevel.Error, Message = "The audit anchor ends with checkpoint {Last} although checkpoint {Noted} had been appended: it was shortened or replaced; what is missing is appended again")]
    static partial void LogShortened(ILogger logger, long last, long noted);
}
