using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;

namespace ServerlessSync.Mesh.Audit;

/// <summary>
/// Takes checkpoints in a process: every minute over what this process wrote, and once more at its end. What a process that was killed wrote last
/// is found by a round that compares every stream: the first one of each process, and one after <see cref="CompareAll"/>.
/// </summary>
public sealed class AuditUpkeep : IAsyncDisposable
{
    readonly Checkpointer _checkpointer;
    readonly PeriodicWork _rounds;
    readonly TimeProvider _clock;
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
        _anchored = _clock.GetTimestamp();
        _checkpointer = new Checkpointer(stores, signer, anchor, new CheckpointAlarm(stores, configuration), logger);
        _rounds = new PeriodicWork("taking an audit checkpoint", RoundAsync, _clock, logger) { AtEnd = true };
    }

    /// <summary>How long ago a round of this process ended with everything anchored; since its start when none did.</summary>
    public TimeSpan SinceAnchored => _clock.GetElapsedTime(Volatile.Read(ref _anchored));

    /// <summary>Begins.</summary>
    public void Start() => _rounds.Start(Checkpointer.Interval);

    /// <summary>Lets the next round compare every stream with the chain of checkpoints. It reads the end of every stream.</summary>
    public void CompareAll() => _checkpointer.CompareAll();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _rounds.DisposeAsync();

    async Task RoundAsync(CancellationToken cancellationToken)
    {
        if (await _checkpointer.RunAsync(cancellationToken))
        {
            Volatile.Write(ref _anchored, _clock.GetTimestamp());
        }
    }
}
