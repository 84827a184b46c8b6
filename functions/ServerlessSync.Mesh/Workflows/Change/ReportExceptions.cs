using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Damage;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>Opens the exceptions a report calls for.</summary>
sealed class ReportExceptions(MeshStores stores, MeshConfiguration configuration, DamagedRows damaged)
{
    const string GroupFailed = "group-failed";
    const string CompensationFailed = "compensation-failed";
    const string RevocationOverdue = "revocation-overdue";
    const string RevocationStopped = "revocation-stopped";
    const string Stopped = "stopped";

    /// <summary>
    /// Settles the open exceptions of the identity whose group, or step, this run has verified; and all on targets when the whole plan is green:
    /// a plan that is not about some targets alone holds everything that should be and is not, so what once failed is in place now, or no longer wanted. An event that was refused is not in it.
    /// </summary>
    public async Task SettleAsync(FinishInput input, PreparedRow prepared, CancellationToken cancellationToken)
    {
        var steps = prepared.Plan.Steps;
        var open = await ReadOpenAsync(input.IdentityId, cancellationToken);
        if (open.Count == 0)
        {
            return;
        }

        var mended = steps.GroupBy(s => s.Group)
            .Where(group => group.All(s => input.Report.Steps[s.Number].State == StepState.Verified))
            .SelectMany(group => group.Select(s => s.Name).Append(group.Key))
            .SelectMany(subject => new[] { GroupFailed, CompensationFailed, RevocationOverdue, RevocationStopped, Stopped }.Select(kind => IdOf(input.IdentityId, kind, subject)))
            .ToHashSet();
        var whole = input.Report is { Class: not null, IsGreen: true } && prepared is { Refusal: null, Observed: null };

        // One that a later run has opened is that run's to settle, however late this one is.
        var known = open.Where(e => string.CompareOrdinal(e.Run, input.Run) <= 0);
        foreach (var exception in known.Where(e => mended.Contains(e.Id) || (whole && e.Event is null && IsEnforced(e.Target))))
        {
            await stores.Exceptions.SettleAsync(exception, $"verified by run {input.Run}", cancellationToken);
        }
    }

    async Task<IReadOnlyList<ExceptionItem>> ReadOpenAsync(string identityId, CancellationToken cancellationToken)
    {
        List<RowAddress> skipped = [];
        var open = await stores.Exceptions.ReadOpenOfAsync(identityId, string.Empty, skipped.Add, cancellationToken);
        foreach (var row in skipped)
        {
            await damaged.ReportAsync(row, $"An exception of identity '{identityId}' cannot be read.", cancellationToken);
        }

        return open;
    }

    bool IsEnforced(string? target) => target is not null && configuration.Targets.GetValueOrDefault(target)?.Stage == TargetStage.Enforce;

    /// <summary>One exception for every group that failed, every step that could not be undone, and every revocation that is overdue.</summary>
    public async Task OpenAsync(FinishInput input, IReadOnlyList<PlanStep> steps, CancellationToken cancellationToken)
    {
        foreach (var end in input.Report.Steps)
        {
            var step = steps[end.Number];
            var kind = end.State switch
            {
                StepState.Undone when end.Message is not null => GroupFailed,
                StepState.Failed => GroupFailed,
                StepState.NotUndone => CompensationFailed,
                StepState.Open => input.Report.Stopped is null ? RevocationOverdue : RevocationStopped,
                StepState.Undone when input.Report.Stopped is not null => Stopped,
                _ => null,
            };
            if (kind is not null)
            {
                await OpenAsync(kind, input, step, end, cancellationToken);
            }
        }
    }

    /// <summary>The same cause has the same id, whichever run meets it: it is one exception while it is open.</summary>
    static string IdOf(string identityId, string kind, string subject) => $"{identityId}:{kind}:{subject}";

    async Task OpenAsync(string kind, FinishInput input, PlanStep step, StepEnd end, CancellationToken cancellationToken)
    {
        var now = stores.Clock.GetUtcNow();
        var subject = kind == GroupFailed || kind == Stopped ? step.Group : step.Name;
        var reason = kind switch
        {
            RevocationOverdue => $"{step.Name} is not done after {end.Attempts} attempts and is still tried: {end.Message}",
            RevocationStopped => $"{step.Name} is not done after {end.Attempts} attempts and no longer tried: {input.Report.Stopped}",
            CompensationFailed => $"{step.Name} could not be undone: {end.Message}",
            Stopped => $"{step.Group} was undone: {input.Report.Stopped}",
            _ => $"{step.Group} was undone because {step.Name} failed: {end.Message}",
        };
        await stores.Exceptions.OpenAsync(
            new ExceptionItem(
                IdOf(input.IdentityId, kind, subject),
                kind,
                input.IdentityId,
                step.Target,
                input.Run,
                configuration.OwnerOf(step.Target),
                reason,
                now,
                now + configuration.Deadlines.Exception),
            cancellationToken);
    }
}
