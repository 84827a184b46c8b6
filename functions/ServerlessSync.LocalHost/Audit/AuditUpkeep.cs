using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;

namespace ServerlessSync.LocalHost;

/// <summary>What the record needs from time to time: checkpoints every minute and once more at the end, and the deletion of what was kept long enough.</summary>
sealed class AuditUpkeep : IAsyncDisposable
{
    readonly PeriodicWork _checkpoints;
    readonly PeriodicWork _retention;

    public AuditUpkeep(MeshConfiguration configuration, MeshStores stores, FileSigner signer, FileAnchor anchor, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<AuditUpkeep>();
        var checkpointer = new Checkpointer(stores, signer, anchor, new CheckpointAlarm(stores, configuration), logger);
        _checkpoints = new PeriodicWork("taking an audit checkpoint", checkpointer.RunAsync, stores.Clock, logger) { AtEnd = true };
        _retention = new PeriodicWork("deleting what was kept long enough", new RetentionSweep(stores, configuration.Retention).RunAsync, stores.Clock, logger);
    }

    /// <summary>Begins.</summary>
    public void Start()
    {
        _checkpoints.Start(Checkpointer.Interval);
        _retention.Start(RetentionSweep.Interval);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _retention.DisposeAsync();
        await _checkpoints.DisposeAsync();
    }
}
