using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;

namespace ServerlessSync.Mesh.Audit;

/// <summary>
/// Takes checkpoints in a process: every minute over what this process wrote, and once more at its end. What a process that was killed wrote last
/// is found by a round that compares every stream: the first one of each process unless it is told otherwise, and <see cref="CompareAllAsync"/>.
/// </summary>
public sealed class AuditUpkeep : IAsyncDisposable
{
    readonly Checkpointer _checkpointer;
    readonly PeriodicWork _rounds;
    readonly CheckpointRows _rows;
    readonly TimeProvider _clock;
    readonly SemaphoreSlim _oneAtATime = new(1);
    long _anchored;

    /// <summary>Prepares it; <see cref="Start"/> begins it.</summary>
    /// <param name="configuration">Says who owns a failure.</param>
    /// <param name="stores">The stores.</param>
    /// <param name="signer">Signs.</param>
    /// <param name="anchor">Where checkpoints are brought.</param>
    /// <param name="loggers">The logs.</param>
    public AuditUpkeep(MeshConfiguration configuration, MeshStores stores, ICheckpointSigner signer, IAnchor anchor, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<AuditUpkeep>();
        _clock = stores.Clock;
        _rows = new CheckpointRows(stores.Partitions.Store);
        _anchored = _clock.GetTimestamp();
        _checkpointer = new Checkpointer(stores, signer, anchor, new CheckpointAlarm(stores, configuration), logger);
        _rounds = new PeriodicWork("taking an audit checkpoint", token => RoundAsync(static () => { }, token), _clock, logger) { AtEnd = true };
    }

    /// <summary>Begins.</summary>
    /// <param name="comparesFirst">Whether the first round compares every stream; not where processes come and go by the minute.</param>
    public void Start(bool comparesFirst = true)
    {
        if (!comparesFirst)
        {
            _checkpointer.CompareLater();
        }

        _rounds.Start(Checkpointer.Interval);
    }

    /// <summary>A round now that compares every stream with the chain of checkpoints. It reads the end of every stream.</summary>
    public Task CompareAllAsync(CancellationToken cancellationToken) => RoundAsync(_checkpointer.CompareAll, cancellationToken);

    /// <summary>
    /// How old the anchor is: since a round of this process ended with everything anchored, or, when that is longer, since the oldest checkpoint was taken
    /// that is in the store and not in the anchor. A process that lives for less than a minute knows the second alone.
    /// </summary>
    /// <exception cref="StoreException">The store cannot be read now.</exception>
    public async Task<TimeSpan> ReadAnchorAgeAsync(CancellationToken cancellationToken)
    {
        var since = _clock.GetElapsedTime(Volatile.Read(ref _anchored));
        var next = (await _rows.ReadAnchoredAsync(cancellationToken) ?? 0) + 1;
        if (await _rows.FindAsync(next, cancellationToken) is not { } row)
        {
            return since;
        }

        var waiting = _clock.GetUtcNow() - MeshJson.FromRow<Checkpoint>(row).At;
        return waiting > since ? waiting : since;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _rounds.DisposeAsync();
        _oneAtATime.Dispose();
    }

    async Task RoundAsync(Action before, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            before();
            if (await _checkpointer.RunAsync(cancellationToken))
            {
                Volatile.Write(ref _anchored, _clock.GetTimestamp());
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }
}
