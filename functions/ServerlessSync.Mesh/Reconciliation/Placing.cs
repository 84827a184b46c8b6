using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Where items are put: the same for a plan that is shown and for one that is carried out.</summary>
static class Placing
{
    /// <summary>Where a suspect is put: where policy puts it, unless the guard or a closed window holds it.</summary>
    public static (DriftState State, string? Reason) Of(Suspect suspect, ReconciliationRun run, ReconcileConfiguration reconcile, DateTimeOffset now)
    {
        if (suspect.Decided != DriftState.Queued)
        {
            return (suspect.Decided, suspect.Reason);
        }

        return FindGuard(suspect, run) is { } guarded ? (DriftState.Held, $"guard: {guarded}")
            : reconcile.IsOpenAt(now) ? (DriftState.Queued, suspect.Reason)
            : (DriftState.Held, Waiting.ForWindow);
    }

    /// <summary>The guard's arithmetic about a kind of it that it holds back; null when it lets all of it through.</summary>
    public static string? FindGuard(Suspect suspect, ReconciliationRun run) =>
        suspect.Findings.Select(f => run.Guarded.GetValueOrDefault(f.Kind)).FirstOrDefault(line => line is not null);

    /// <summary>
    /// Whether an item stays where it is: what was let through before, by a person or by an earlier comparison, is on its way; what a person is
    /// asked about is theirs while nothing comes to it, but for who has left and can act; what they chose to ignore is settled.
    /// </summary>
    public static bool IsKept(DriftItem item, DriftState placed, IEnumerable<DriftFinding> findings, Func<DriftFinding, bool> isNew) =>
        item.State is DriftState.Queued or DriftState.Settled
        || (item.State == DriftState.Asked
            && placed is DriftState.Queued or DriftState.Held
            && !findings.Any(f => f.Kind == DriftKind.ExpiredButAlive || isNew(f)));
}
