using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Damage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Mesh.Workflows.Targets;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>What a comparison works with.</summary>
sealed record ReconcileServices
{
    public required MeshStores Stores { get; init; }

    public required MeshConfiguration Configuration { get; init; }

    public required TargetSet Targets { get; init; }

    public required IReadOnlyList<PlanTarget> PlanTargets { get; init; }

    public required IPolicy Policy { get; init; }

    public required DamagedRows Damaged { get; init; }

    public required Func<ISortedRunStore> Runs { get; init; }

    /// <summary>Sends a queued item on its way to be mended; the same one may be sent again.</summary>
    public required Func<DriftItem, CancellationToken, Task> SendAsync { get; init; }

    /// <summary>Reaches the engine, once it runs.</summary>
    public required Func<IWorkflowClient> Client { get; init; }
}
