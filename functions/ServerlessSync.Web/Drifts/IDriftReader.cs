using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Web.Ops;

namespace ServerlessSync.Web.Drifts;

/// <summary>Reads what the API shows of drift and comparisons.</summary>
public interface IDriftReader
{
    /// <summary>One page of open drift.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="top">Most items on the page; where few are right, a page may hold fewer, or none, and go on all the same.</param>
    /// <param name="continuationToken">Token of the page before, or null; whatever a stranger sent.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    /// <exception cref="ArgumentException">The token is none of ours.</exception>
    Task<OpsPage> ListDriftsAsync(DriftFilter filter, int top, string? continuationToken, CancellationToken cancellationToken);

    /// <summary>One page of a target's comparisons, newest first; without a target, the newest of each.</summary>
    /// <param name="target">The target, or null; whatever a stranger sent.</param>
    /// <param name="top">Most items on the page.</param>
    /// <param name="continuationToken">Token of the page before, or null; whatever a stranger sent.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    /// <exception cref="ArgumentException">The token is none of ours.</exception>
    Task<OpsPage> ListReconciliationsAsync(string? target, int top, string? continuationToken, CancellationToken cancellationToken);

    /// <summary>One page of the plan of a comparison.</summary>
    /// <param name="target">The target; whatever a stranger sent.</param>
    /// <param name="number">Number of the comparison; whatever a stranger sent.</param>
    /// <param name="top">Most lines on the page.</param>
    /// <param name="continuationToken">Token of the page before, or null; whatever a stranger sent.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    /// <exception cref="ArgumentException">The token is none of ours.</exception>
    Task<PlanPage> ReadPlanAsync(string target, long number, int top, string? continuationToken, CancellationToken cancellationToken);

    /// <summary>Every target's schedules: when it is next compared, what was last served and what was missed.</summary>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    Task<OpsPage> ListSchedulesAsync(CancellationToken cancellationToken);

    /// <summary>The report.</summary>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    Task<DriftReport> MakeReportAsync(CancellationToken cancellationToken);
}
