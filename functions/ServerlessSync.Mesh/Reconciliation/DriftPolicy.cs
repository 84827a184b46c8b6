using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// What is done about an item, before guard and windows: mending mends all that a plan can, so an item is mended only when each of that may be. What
/// no plan can mend stands in nobody's way: it is left for people afterwards. Who has left and can still act is ended whatever else is found. An
/// open exception of the identity on the target holds it.
/// </summary>
sealed class DriftPolicy(ComparisonWork comparison)
{
    public async Task<(DriftState State, string? Reason)> DecideAsync(Suspect suspect, IdentityStatus? status, CancellationToken cancellationToken)
    {
        var actions = suspect.Findings
            .Select(f => (f.Kind, Mendable: IsMendable(f, suspect, status)))
            .Select(f => (f.Kind, f.Mendable, Action: ActionOf(f.Kind, f.Mendable)))
            .ToList();
        if (actions.TrueForAll(a => a.Action == DriftAction.Report))
        {
            return (DriftState.Reported, comparison.Configuration.Stage == TargetStage.Observe ? "the target is only observed" : null);
        }

        var blocking = status == IdentityStatus.Terminated
            ? actions.Where(a => a.Kind == DriftKind.ExpiredButAlive && a.Mendable && a.Action != DriftAction.Remediate)
            : actions.Where(a => a.Mendable && a.Action != DriftAction.Remediate);
        if (blocking.Any() || !actions.Exists(a => a.Action == DriftAction.Remediate))
        {
            var unmended = actions.Where(a => a.Action != DriftAction.Remediate).Select(a => a.Kind.Word()).Distinct().Order(StringComparer.Ordinal);
            return (DriftState.Asked, $"a person decides about {string.Join(", ", unmended)}");
        }

        var held = await comparison.Stores.Exceptions.WhyHeldAsync(suspect.IdentityId!, comparison.Run.Target, cancellationToken);
        return (held is null ? DriftState.Queued : DriftState.Held, held);
    }

    /// <summary>Whether a second look shows nothing any more that a plan can mend. An account that is not ours any more was not mended.</summary>
    public static bool IsMended(Suspect suspect, LookResult seen) => seen.State == SuspectState.Gone
        || (seen.State == SuspectState.Confirmed
            && !seen.Findings.Any(f => f.Kind == DriftKind.Unowned || IsMendable(f, suspect with { Findings = seen.Findings }, seen.Status)));

    DriftAction ActionOf(DriftKind kind, bool mendable)
    {
        if (comparison.Configuration.Stage == TargetStage.Observe)
        {
            return DriftAction.Report;
        }

        var action = comparison.Configuration.Reconcile.ActionOf(kind);
        return action == DriftAction.Remediate && !mendable ? DriftAction.Ask : action;
    }

    /// <summary>A plan is about the identity's own account alone, and never about one that is not ours any more.</summary>
    static bool IsMendable(DriftFinding finding, Suspect suspect, IdentityStatus? status) =>
        suspect.IdentityId is not null
        && finding.Kind.CanBeRemediated()
        && !WaitsForReturn(finding, status)
        && !suspect.Findings.Any(f => f.Kind == DriftKind.Unowned || (f.Kind == DriftKind.Duplicate && f.Subject == finding.Subject));

    /// <summary>No plan gives rights to who is suspended.</summary>
    static bool WaitsForReturn(DriftFinding finding, IdentityStatus? status) => status == IdentityStatus.Suspended && finding.Kind == DriftKind.MissingGrant;
}
