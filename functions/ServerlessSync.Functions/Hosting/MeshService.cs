using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Workflows;

namespace ServerlessSync.Functions;

/// <summary>
/// What every instance of the app does while it lives, before the worker takes its first call: it tells the queue of events, takes audit
/// checkpoints over what it wrote, and counts the backlog, since it takes in events and the timer that sweeps is another instance's.
/// </summary>
/// <param name="audit">Disposed of after the mesh, so that the last checkpoint is over all that was written.</param>
/// <param name="mesh">The mesh.</param>
/// <param name="engine">The engine.</param>
/// <param name="door">Made at the start, so that a signing key that is none is told then and not by a request.</param>
/// <param name="parts">The rest.</param>
public sealed class MeshService(AuditUpkeep audit, MeshRuntime mesh, BoundWorkflowClient engine, WebDoor door, MeshParts parts) : IHostedLifecycleService, IAsyncDisposable
{
    static readonly TimeSpan BetweenCounts = TimeSpan.FromMinutes(1);

    readonly PeriodicWork _counts = new("counting the backlog", mesh.CountBacklogAsync, parts.Stores.Clock, parts.Loggers.CreateLogger<MeshService>());

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(door);
        mesh.Start(engine, parts.Changes, parts.Drifts);

        // Instances begin by the minute where nothing keeps them: the hourly timer compares for all of them.
        audit.Start(comparesFirst: false);
        _counts.Start(BetweenCounts);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _counts.DisposeAsync();
}
