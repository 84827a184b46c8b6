using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Drifts;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Mesh.Workflows.Intake;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>
/// The run's last activity: opens exceptions, says what became of the drift it was begun for, tells those that depend on this identity, settles
/// the event, and frees the lane for the next.
/// Every part may be repeated.
/// </summary>
sealed class FinishActivity(MeshStores stores, ReportExceptions exceptions, DriftConclusion drifts, LaneStarter starter) : IActivity<FinishInput, bool>
{
    public async Task<bool> RunAsync(FinishInput input, CancellationToken cancellationToken)
    {
        await stores.Exceptions.SettleAsync(input.IdentityId, LaneSweep.HeldId(input.Run), "the run went on and ended", cancellationToken);
        if ((await stores.Lanes.FindAsync(input.IdentityId, cancellationToken)).Run == input.Run)
        {
            await ConcludeAsync(input, cancellationToken);
        }

        // The lane was freed before, or is another run's, which settles what there is to settle.
        await starter.AdvanceAsync(input.IdentityId, cancellationToken);
        return true;
    }

    async Task ConcludeAsync(FinishInput input, CancellationToken cancellationToken)
    {
        var row = await stores.Partitions.ReadAsync<PreparedRow>(
            TableNames.Identities, input.IdentityId, IdentityKeys.Plan(input.Run), cancellationToken);
        var steps = row?.Plan.Steps ?? [];
        await exceptions.OpenAsync(input, steps, cancellationToken);
        if (row is not null)
        {
            await exceptions.SettleAsync(input, row, cancellationToken);
            await drifts.ConcludeAsync(input, row, cancellationToken);
            if (Concerns(row.Plan, input.Report))
            {
                await TellDependentsAsync(input, cancellationToken);
            }
        }

        if (input.Report.Steps.Any(end => end.State == StepState.Superseded && steps[end.Number].Operation.TakesAway()))
        {
            // Yielded to a newer event, which may turn out to change nothing: behind it, what is still open is taken up again.
            var again = MeshSource.Look(
                input.IdentityId, $"again-{input.Run}", stores.Clock.GetUtcNow(), again: input.Run, observe: row?.Observed?.Select(o => o.Target).ToList());
            await stores.Inbox.AcceptAsync([again], cancellationToken);
        }

        await stores.Inbox.SettleAsync(input.Inbox, r => r with { Status = InboxStatus.Applied, Run = input.Run }, cancellationToken);
        await stores.Lanes.CompleteAsync(
            input.IdentityId,
            input.Run,
            edit =>
            {
                edit.Audit(new AuditDraft($"{input.Run}:end", AuditKind.RunEnded, Summary(input.Report, steps)));
                return Task.CompletedTask;
            },
            cancellationToken);
    }

    /// <summary>An account that appeared, or somebody who left or returned, changes who is manager of others in effect.</summary>
    static bool Concerns(Plan plan, ChangeReport report) =>
        plan.Class is ChangeClass.Leaver or ChangeClass.Rehire
        || plan.Steps.Any(s => s.Operation is StepOperation.Create or StepOperation.Enable && report.Steps[s.Number].State == StepState.Verified);

    async Task TellDependentsAsync(FinishInput input, CancellationToken cancellationToken)
    {
        if (await stores.Registry.FindAsync(input.IdentityId, cancellationToken) is not { } record)
        {
            return;
        }

        foreach (var anchor in record.Anchors)
        {
            await foreach (var dependent in stores.References.ReadAsync(AttributeNames.Manager, anchor, cancellationToken))
            {
                var look = MeshSource.Look(dependent, $"look-{input.Run}-{dependent}", stores.Clock.GetUtcNow());
                await stores.Inbox.AcceptAsync([look], cancellationToken);
            }
        }
    }

    static JsonObject Summary(ChangeReport report, IReadOnlyList<PlanStep> steps) => new()
    {
        ["class"] = report.Class?.ToString(),
        ["green"] = report.IsGreen,
        ["stopped"] = report.Stopped,
        ["steps"] = new JsonArray([.. report.Steps.Select(end => (JsonNode)new JsonObject
        {
            ["step"] = steps[end.Number].Name,
            ["state"] = JsonNamingPolicy.CamelCase.ConvertName(end.State.ToString()),
            ["attempts"] = end.Attempts,
            ["message"] = end.Message,
        })]),
    };
}
