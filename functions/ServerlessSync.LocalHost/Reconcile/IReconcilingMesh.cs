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

    /// <summary>What a comparison would do, or has done.</summary>
    /// <exception cref="IOException">It is not there any more, or a part of it cannot be read.</exception>
    IAsyncEnumerable<PlanLine> ReadPlanAsync(ReconciliationRun run, CancellationToken cancellationToken);

    /// <summary>How much drift of the target is on its way to be mended.</summary>
    Task<int> CountQueuedAsync(string target, CancellationToken cancellationToken);
}
