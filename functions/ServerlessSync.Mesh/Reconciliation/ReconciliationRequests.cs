using System.Globalization;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Starts the workflow that compares, and pauses it. What stands in a comparison's way is decided again by the comparison itself.</summary>
sealed class ReconciliationRequests(ReconcileServices services) : IReconciliationRequests
{
    readonly DeadComparisons _dead = new(services);

    /// <inheritdoc/>
    public async Task<bool> IsUnderWayAsync(string target, CancellationToken cancellationToken) => await FindAliveAsync(target, cancellationToken) is not null;

    /// <inheritdoc/>
    public Task EndDeadAsync(string target, CancellationToken cancellationToken) => _dead.EndAsync(target, null, cancellationToken);

    /// <inheritdoc/>
    public async Task<ReconciliationAnswer> StartAsync(ReconciliationRequest request, CancellationToken cancellationToken) =>
        await FindObstacleAsync(request.Target, request.Run, cancellationToken)
        ?? (request.Mode == ReconciliationMode.Changes ? await FindObstacleOfChangesAsync(request.Target, cancellationToken) : null)
        ?? await StartAsync(
            request.Run, new ReconcileInput(request.Target, request.DryRun, request.AskedBy) { Note = request.Note, Mode = request.Mode }, cancellationToken);

    /// <inheritdoc/>
    public async Task<ReconciliationAnswer> ApplyAsync(string target, string planHash, string askedBy, CancellationToken cancellationToken)
    {
        if (await FindObstacleAsync(target, null, cancellationToken) is { } obstacle)
        {
            return obstacle;
        }

        var last = await services.Stores.Reconciliations.FindLastAsync(target, cancellationToken);
        if (last?.PlanHash is null || !string.Equals(last.PlanHash, planHash, StringComparison.Ordinal))
        {
            return new ReconciliationAnswer(ReconciliationDecision.OtherPlan);
        }

        // Made of the plan's comparison: asked for twice, it is applied once.
        var run = string.Create(CultureInfo.InvariantCulture, $"{ReconciliationRequest.RunPrefix}{target}-{last.Number}-apply");
        return await StartAsync(run, new ReconcileInput(target, DryRun: false, askedBy, planHash) { Mode = last.Mode }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<PauseAnswer> PauseAsync(string target, string askedBy, CancellationToken cancellationToken) =>
        SetPauseAsync(target, paused: true, askedBy, cancellationToken);

    /// <inheritdoc/>
    public Task<PauseAnswer> ResumeAsync(string target, string askedBy, CancellationToken cancellationToken) =>
        SetPauseAsync(target, paused: false, askedBy, cancellationToken);

    async Task<PauseAnswer> SetPauseAsync(string target, bool paused, string askedBy, CancellationToken cancellationToken)
    {
        if (!services.Configuration.Targets.ContainsKey(target))
        {
            return new PauseAnswer(PauseOutcome.UnknownTarget);
        }

        if (await services.Stores.Reconciliations.FindLastAsync(target, cancellationToken) is not { EndedAt: null } open)
        {
            return new PauseAnswer(PauseOutcome.NotUnderWay);
        }

        if (open.PausedAt is not null == paused)
        {
            return new PauseAnswer(PauseOutcome.AlreadySo, open.Run);
        }

        await AuditAsync(open, paused ? "pause" : "resume", askedBy, cancellationToken);
        var done = paused
            ? await services.Stores.Reconciliations.PauseAsync(target, cancellationToken)
            : await services.Stores.Reconciliations.ResumeAsync(target, cancellationToken);
        return done ? new PauseAnswer(PauseOutcome.Done, open.Run) : new PauseAnswer(PauseOutcome.NotUnderWay);
    }

    /// <summary>Written down first: an act nobody knows of is worse than a note of one that did not come about.</summary>
    Task<bool> AuditAsync(ReconciliationRun run, string asks, string requestedBy, CancellationToken cancellationToken) =>
        services.Stores.Partitions.EditIdentityAsync(
            IdentityKeys.SystemPartition,
            edit =>
            {
                edit.Audit(AuditDraft.Of($"{run.Run}:{asks}", AuditKind.Operator, new { requestedBy, asks, target = run.Target, comparison = run.Number, run = run.Run }));
                return Task.FromResult(true);
            },
            cancellationToken);

    async Task<ReconciliationAnswer> StartAsync(string run, ReconcileInput input, CancellationToken cancellationToken)
    {
        await services.Client().ScheduleNewOrchestrationInstanceAsync(WorkflowNames.Reconcile, WorkflowPayload.From(input), run, cancellationToken);
        return new ReconciliationAnswer(ReconciliationDecision.Started, run);
    }

    async Task<ReconciliationAnswer?> FindObstacleOfChangesAsync(string target, CancellationToken cancellationToken)
    {
        if (services.Targets[target].Changes is null)
        {
            return Refuse($"the connector of '{target}' does not tell what changed; compare it whole");
        }

        return await services.Stores.Reconciliations.FindChangesAsync(target, cancellationToken) switch
        {
            { Cursor: not null } => null,
            { Lost: { } lost } => Refuse($"compare '{target}' whole first: {lost}"),
            _ => Refuse($"changes of '{target}' are followed from a complete comparison on, and none has come through yet"),
        };

        static ReconciliationAnswer Refuse(string reason) => new(ReconciliationDecision.Refused, Reason: reason);
    }

    async Task<ReconciliationAnswer?> FindObstacleAsync(string target, string? run, CancellationToken cancellationToken)
    {
        if (!services.Configuration.Targets.ContainsKey(target))
        {
            return new ReconciliationAnswer(ReconciliationDecision.UnknownTarget);
        }

        try
        {
            return await FindAliveAsync(target, cancellationToken) is { } open && open != run ? new ReconciliationAnswer(ReconciliationDecision.UnderWay, open) : null;
        }
        catch (StoreException e) when (e is { Failure: StoreFailure.Corrupt, Row: not null })
        {
            await services.Damaged.ReportAsync(e, cancellationToken);
            return new ReconciliationAnswer(ReconciliationDecision.Refused, Reason: $"What was noted of the newest comparison of '{target}' is damaged. {e.Message} Restore it from a backup.");
        }
    }

    /// <summary>Instance id of the target's comparison under way; one whose workflow is gone stands in nobody's way.</summary>
    async Task<string?> FindAliveAsync(string target, CancellationToken cancellationToken) =>
        await services.Stores.Reconciliations.FindLastAsync(target, cancellationToken) is { EndedAt: null } open
        && await _dead.IsAliveAsync(open.Run, cancellationToken)
            ? open.Run
            : null;
}
