using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// What is done about an item, before guard and windows: mending mends all of it, so an item is mended only when every finding may be; an open
/// exception of the identity on the target holds it.
/// </summary>
sealed class DriftPolicy(ComparisonWork comparison)
{
    public async Task<(DriftState State, string? Reason)> DecideAsync(Suspect suspect, IdentityStatus? status, CancellationToken cancellationToken)
    {
        var actions = suspect.Findings.Select(f => (f.Kind, Action: ActionOf(f, suspect, status))).ToList();
        if (actions.TrueForAll(a => a.Action == DriftAction.Report))
        {
            return (DriftState.Reported, comparison.Configuration.Stage == TargetStage.Observe ? "the target is only observed" : null);
        }

        var unmended = actions.Where(a => a.Action != DriftAction.Remediate).Select(a => a.Kind.Word()).Distinct().Order(StringComparer.Ordinal).ToList();
        if (unmended.Count > 0)
        {
            return (DriftState.Asked, $"a person decides about {string.Join(", ", unmended)}");
        }

        return await FindExceptionAsync(suspect.IdentityId!, cancellationToken) is { } open
            ? (DriftState.Held, $"exception {open} is open")
            : (DriftState.Queued, null);
    }

    DriftAction ActionOf(DriftFinding finding, Suspect suspect, IdentityStatus? status)
    {
        if (comparison.Configuration.Stage == TargetStage.Observe)
        {
            return DriftAction.Report;
        }

        var action = comparison.Configuration.Reconcile.ActionOf(finding.Kind);
        var mendable = suspect.IdentityId is not null && finding.Kind.CanBeRemediated() && !WaitsForReturn(finding, status);
        return action == DriftAction.Remediate && !mendable ? DriftAction.Ask : action;
    }

    /// <summary>No plan gives rights to who is suspended.</summary>
    static bool WaitsForReturn(DriftFinding finding, IdentityStatus? status) => status == IdentityStatus.Suspended && finding.Kind == DriftKind.MissingGrant;

    async Task<string?> FindExceptionAsync(string identityId, CancellationToken cancellationToken)
    {
        var damaged = false;
        var open = await comparison.Stores.Exceptions.ReadOpenOfAsync(identityId, string.Empty, _ => damaged = true, cancellationToken);
        return open.FirstOrDefault(e => e.Target == comparison.Run.Target)?.Id ?? (damaged ? "that cannot be read" : null);
    }
}
