using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Change;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Compares one target with the record: reads both, compares, looks again at whatever differs, decides, and has it mended as far as policy,
/// guard and windows let it. Whatever stands in the way of reading the whole ends it with the reason and without any effect.
/// </summary>
public sealed class ReconcileWorkflow : IWorkflow<ReconcileInput, ReconcileReport>
{
    /// <inheritdoc/>
    public async Task<ReconcileReport> RunAsync(WorkflowContext context, ReconcileInput input)
    {
        var calls = new PatientCalls(context);
        var begun = await StoreCall.RunAsync<BeginAnswer>(calls, WorkflowNames.ReconcileBegin, new BeginInput(context.InstanceId, input));
        if (begun.Refused is not null)
        {
            return new ReconcileReport(0, ReconciliationOutcome.Abandoned, begun.Refused, null);
        }

        var reason = await CompareAsync(calls, input, begun);
        calls.Show(new { stage = "finishing" });
        return await StoreCall.RunAsync<ReconcileReport>(calls, WorkflowNames.ReconcileFinish, new EndInput(context.InstanceId, input.Target, reason));
    }

    /// <summary>Answers why the comparison is given up, or null when it came through.</summary>
    static async Task<string?> CompareAsync(PatientCalls calls, ReconcileInput input, BeginAnswer begun)
    {
        foreach (var part in new[] { PartNames.Clear, PartNames.Connect })
        {
            if (await RunAsync(calls, input, begun, part) is { } unreached)
            {
                return unreached;
            }
        }

        var reads = await Task.WhenAll(
            RunAsync(calls, input, begun, PartNames.ReadAccounts),
            RunAsync(calls, input, begun, PartNames.ReadRights),
            RunAsync(calls, input, begun, PartNames.ReadCredentials),
            RunAsync(calls, input, begun, PartNames.ReadRecord));
        if (Array.Find(reads, reason => reason is not null) is { } unread)
        {
            return unread;
        }

        string[] compare =
        [
            PartNames.Check, PartNames.CompareAccounts, PartNames.CompareRights, PartNames.CompareCredentials, PartNames.Confirm, PartNames.Decide,
        ];
        string[] act = input.DryRun ? [] : [PartNames.Open, PartNames.Settle, PartNames.Watch, PartNames.Queue];
        foreach (var part in compare.Concat(act))
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
