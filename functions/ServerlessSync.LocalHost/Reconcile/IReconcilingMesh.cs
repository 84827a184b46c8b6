using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.LocalHost;

/// <summary>A mesh that compares targets: one that serves elsewhere, or one in this process.</summary>
interface IReconcilingMesh : IAsyncDisposable
{
    /// <summary>Starts a dry run that reads so much.</summary>
    Task<ReconciliationAnswer> PlanAsync(string target, ReconciliationMode mode, CancellationToken cancellationToken);

    /// <summary>Applies exactly the plan of that hash.</summary>
    Task<ReconciliationAnswer> ApplyAsync(string target, string planHash, CancellationToken cancellationToken);

    /// <summary>The comparison of that instance id, or null before it has begun.</summary>
    Task<ReconciliationRun?> FindAsync(string target, string run, CancellationToken cancellationToken);

    /// <summary>The target's open drift.</summary>
    IAsyncEnumerable<DriftItem> ReadDriftAsync(string target, CancellationToken cancellationToken);
}
