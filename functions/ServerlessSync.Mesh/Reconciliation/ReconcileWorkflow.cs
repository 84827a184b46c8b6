using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Change;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Compares one target with the record: reads both, or what changed in the target, compares, looks again at whatever differs, decides, and has it
/// mended as far as policy, guard and windows let it. Whatever stands in the way of reading that whole ends it with the reason and without any effect.
/// </summary>
public sealed class ReconcileWorkflow : IWorkflow<ReconcileInput, ReconcileReport>
{
    const int MostWaits = 60;
    const int MinutesOfWait = 1;

    /// <inheritdoc/>
    public async Task<ReconcileReport> RunAsync(WorkflowContext context, ReconcileInput input)
    {
        var calls = new PatientCalls(context);
        var begun = await BeginAsync(calls, input);
        for (var waited = 0; begun.Waits && waited < MostWaits; waited++)
        {
            await context.CreateTimer(context.CurrentUtcDateTime.AddMinutes(MinutesOfWait), CancellationToken.None);
            begun = await BeginAsync(calls, input);
        }

        if (begun.Refused is not null)
        {
            return new ReconcileReport(0, ReconciliationOutcome.Abandoned, begun.Refused, null);
        }

        var reason = await CompareAsync(calls, input, begun);
        calls.Show(new { stage = "finishing" });
        return await StoreCall.RunAsync<ReconcileReport>(calls, WorkflowNames.ReconcileFinish, new EndInput(context.InstanceId, input.Target, reason));
    }

    static Task<BeginAnswer> BeginAsync(PatientCalls calls, ReconcileInput input) =>
        StoreCall.RunAsync<BeginAnswer>(calls, WorkflowNames.ReconcileBegin, new BeginInput(calls.Context.InstanceId, input));

    /// <summary>Answers why the comparison is given up, or null when it came through.</summary>
    static async Task<string?> CompareAsync(PatientCalls calls, ReconcileInput input, BeginAnswer begun) =>
        await RunInOrderAsync(calls, input, begun, PartNames.Clear, PartNames.Connect)
        ?? (input.Mode == ReconciliationMode.Changes
            ? await RunAsync(calls, input, begun, PartNames.ReadChanges)
            : await ReadAsync(calls, input, begun))
        ?? await RunInOrderAsync(calls, input, begun, PartNames.Confirm, PartNames.Decide)
        ?? (input switch
        {
            { DryRun: true } => null,
            { Mode: ReconciliationMode.Changes } => await RunInOrderAsync(calls, input, begun, PartNames.Open, PartNames.Watch, PartNames.Queue),
            _ => await RunInOrderAsync(calls, input, begun, PartNames.Open, PartNames.Settle, PartNames.Watch, PartNames.Queue),
        });

    /// <summary>Reads both sides whole and compares them.</summary>
    static async Task<string?> ReadAsync(PatientCalls calls, ReconcileInput input, BeginAnswer begun)
    {
        // Before the reads: what changes during them is then followed afterwards. That it cannot be followed keeps nobody from comparing.
        await RunAsync(calls, input, begun, PartNames.TakePlace);
        var reads = await Task.WhenAll(
            RunAsync(calls, input, begun, PartNames.ReadAccounts),
            RunAsync(calls, input, begun, PartNames.ReadRights),
            RunAsync(calls, input, begun, PartNames.ReadCredentials),
            RunAsync(calls, input, begun, PartNames.ReadRecord));
        return Array.Find(reads, reason => reason is not null)
            ?? await RunInOrderAsync(
                calls, input, begun, PartNames.Check, PartNames.CompareAccounts, PartNames.CompareRights, PartNames.CompareCredentials);
    }

    static async Task<string?> RunInOrderAsync(PatientCalls calls, ReconcileInput input, BeginAnswer begun, params string[] parts)
    {
        foreach (var part in parts)
        {
            if (await RunAsync(calls, input, begun, part) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    static async Task<string?> RunAsync(PatientCalls calls, ReconcileInput input, BeginAnswer begun, string part)
    {
        calls.Show(new { stage = part, number = begun.Number });
        var call = new PartCall(input.Target, calls.Context.InstanceId, part, 0, null);
        try
        {
            return await calls.Context.CallSubOrchestratorAsync<string?>(WorkflowNames.ReconcilePart, new PartInput(call, begun.Retry));
        }
        catch (WorkflowTaskFailedException e)
        {
            return $"{part}: {Words.Short(e.Failure.ErrorMessage)}";
        }
    }
}
