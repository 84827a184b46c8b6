using System.Text.Json;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>One step with what is recorded of it, and the recording of what becomes of it: row, registry and audit in one commit.</summary>
sealed class StepRecord(MeshStores stores, StepInput input)
{
    public async Task<Plan> LoadPlanAsync(CancellationToken cancellationToken)
    {
        var row = await stores.Partitions.ReadAsync<PreparedRow>(TableNames.Identities, input.IdentityId, IdentityKeys.Plan(input.Run), cancellationToken);
        return row?.Plan ?? throw new StoreException(StoreFailure.Corrupt, $"Run '{input.Run}' has no plan.")
        {
            Row = new RowAddress(TableNames.Identities, input.IdentityId, IdentityKeys.Plan(input.Run)),
        };
    }

    public Task<StepRow?> LoadAsync(CancellationToken cancellationToken) =>
        stores.Partitions.ReadAsync<StepRow>(TableNames.Identities, input.IdentityId, IdentityKeys.Step(input.Run, input.Number), cancellationToken);

    /// <summary>Asks the store whether a step may have its effect now.</summary>
    public async Task<RunStanding> FindStandingAsync(Plan plan, PlanStep step, CancellationToken cancellationToken)
    {
        var row = await LoadAsync(cancellationToken);

        // The lane last: a process that hangs before this read finds out that another has gone on, and for whom.
        var lane = await stores.Lanes.FindAsync(input.IdentityId, cancellationToken);
        if (lane.Run != input.Run || row is { Progress: StepProgress.Undone })
        {
            return RunStanding.Over;
        }

        return step.Operation.Gives() && lane.Epoch > plan.Epoch ? RunStanding.Superseded : RunStanding.AtWork;
    }

    /// <summary>
    /// Records the before-image unless an earlier attempt did; the one recorded first counts. Of what the registry has in doubt the target does not
    /// tell what was there before us: it counts as not given. So does a right that was found held and nobody had decided.
    /// </summary>
    public Task<StepRow> IntendAsync(Plan plan, PlanStep step, BeforeImage before, StepFacts facts, CancellationToken cancellationToken) =>
        EditAsync(
            row => row is null,
            async (edit, _) =>
            {
                var doubted = await RegistryChange.DoubtAsync(edit, step, facts, cancellationToken) || plan.Undecided?.Contains(step.Name) == true;
                var image = await FindFirstImageAsync(step, cancellationToken) ?? (doubted ? before.NotGiven(step.Operation) : before);
                edit.Audit(Entry(step, AuditKind.Intended, new { step = step.Name, step.Decision, step.Rule, before = image, undo = step.Compensation }));
                return new StepRow(StepProgress.Intended, image);
            },
            cancellationToken);

    /// <summary>What the earliest run that began the same event, and did not undo the step, found on the target; null when none did.</summary>
    async Task<BeforeImage?> FindFirstImageAsync(PlanStep step, CancellationToken cancellationToken)
    {
        BeforeImage? first = null;
        foreach (var run in Lanes.RunsBefore(input.Run))
        {
            var plan = await stores.Partitions.ReadAsync<PreparedRow>(TableNames.Identities, input.IdentityId, IdentityKeys.Plan(run), cancellationToken);
            if (plan?.Plan.Steps.FirstOrDefault(s => s.Name == step.Name) is { } same
                && await stores.Partitions.ReadAsync<StepRow>(TableNames.Identities, input.IdentityId, IdentityKeys.Step(run, same.Number), cancellationToken) is { } row)
            {
                if (row.Progress == StepProgress.Undone)
                {
                    break;
                }

                first = row.Before;
            }
        }

        return step.Operation.Gives() ? first : null;
    }

    /// <summary>Records the answer, with the change of the registry it means.</summary>
    public Task<StepRow> EnforceAsync(PlanStep step, StepAnswer answer, Func<PartitionEdit, Task> change, CancellationToken cancellationToken) =>
        EditAsync(
            row => row is null or { Progress: StepProgress.Intended } || (step.Operation.TakesAway() && row.Attempt < input.Attempt),
            async (edit, row) =>
            {
                await change(edit);
                edit.Audit(Entry(step, AuditKind.Enforced, new { step = step.Name, step.Decision, answer.Outcome, answer.Message, before = row?.Before }));
                return new StepRow(StepProgress.Done, row?.Before ?? new BeforeImage(null, null, null), answer, input.Attempt);
            },
            cancellationToken);

    /// <summary>Records that the target was read back and found as asked, with the change of the registry it means.</summary>
    public Task<StepRow> VerifyAsync(PlanStep step, Func<PartitionEdit, Task> change, CancellationToken cancellationToken) =>
        EditAsync(
            row => row is { Progress: StepProgress.Done },
            async (edit, row) =>
            {
                await change(edit);
                edit.Audit(Entry(step, AuditKind.Verified, new { step = step.Name, seen = "as asked" }));
                return row! with { Progress = StepProgress.Verified };
            },
            cancellationToken);

    /// <summary>Records that undoing a step has begun: from here on what it gave may or may not be there, and the next plan sees to it anew.</summary>
    public Task<bool> DoubtAsync(PlanStep step, CancellationToken cancellationToken) =>
        stores.Partitions.EditIdentityAsync(
            input.IdentityId,
            async edit =>
            {
                var key = IdentityKeys.Step(input.Run, input.Number);
                if (await edit.ReadAsync<StepRow>(key, cancellationToken) is not { Progress: not StepProgress.Undone } row
                    || !await RegistryChange.DoubtUndoingAsync(edit, step, cancellationToken))
                {
                    return false;
                }

                // As it was read: an undoing recorded meanwhile refuses this edit.
                edit.Save(key, row);
                return true;
            },
            cancellationToken);

    /// <summary>Records that the step was undone, with the change of the registry it means.</summary>
    public Task<StepRow> UndoAsync(PlanStep step, string evidence, Func<PartitionEdit, Task> change, CancellationToken cancellationToken) =>
        EditAsync(
            row => row is not { Progress: StepProgress.Undone },
            async (edit, row) =>
            {
                await change(edit);
                edit.Audit(Entry(step, AuditKind.Undone, new { step = step.Name, evidence }));
                return (row ?? new StepRow(StepProgress.Undone, new BeforeImage(null, null, null))) with { Progress = StepProgress.Undone };
            },
            cancellationToken);

    async Task<StepRow> EditAsync(Func<StepRow?, bool> applies, Func<PartitionEdit, StepRow?, Task<StepRow>> edit, CancellationToken cancellationToken) =>
        await stores.Partitions.EditIdentityAsync(
            input.IdentityId,
            async session =>
            {
                var key = IdentityKeys.Step(input.Run, input.Number);
                var row = await session.ReadAsync<StepRow>(key, cancellationToken);
                if (!applies(row))
                {
                    return row!;
                }

                var next = await edit(session, row);
                session.Save(key, next);
                return next;
            },
            cancellationToken);

    AuditDraft Entry<T>(PlanStep step, AuditKind kind, T payload) =>
        new($"{input.Run}:{step.Number}:{input.Attempt}:{kind}", kind, JsonSerializer.SerializeToNode(payload, MeshJson.Options)!);
}
