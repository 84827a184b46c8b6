using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>
/// Carries one event of one identity to every target: joiner, mover, leaver, rehire, suspension and refresh are the same sequence over
/// different plans. Grants that fail for good are undone with their group; revocations go on until they are done, overtaken by a newer
/// event that plans them anew, or stopped by an operator. While the mesh's own store is away the run waits.
/// </summary>
public sealed class ChangeWorkflow : IWorkflow<ChangeInput, ChangeReport>
{
    /// <inheritdoc/>
    public async Task<ChangeReport> RunAsync(WorkflowContext context, ChangeInput input)
    {
        var calls = new PatientCalls(context);
        var outline = input.Open?.Outline ?? await StoreCall.RunAsync<PlanOutline>(calls, WorkflowNames.Prepare, input);
        using var interruption = new Interruption(calls, input.IdentityId, input.Epoch);
        interruption.Begin(outline.Superseded);
        var listening = interruption.ListenAsync();
        var runner = new StepRunner(calls, input.IdentityId, outline, interruption);

        calls.Show(new { outline.Class, steps = outline.Steps.Count, stage = input.Open is null ? "applying" : "insisting" });
        var ends = input.Open?.Ends.ToArray() ?? await runner.RunAllAsync();
        if (input.Open is null)
        {
            await CompensateAsync(outline, ends, runner, interruption);
        }

        var overdue = input.Open?.Overdue ?? false;
        if (ends.Any(e => e.State == StepState.Open))
        {
            overdue = await InsistAsync(calls, input, outline, ends, runner, interruption, overdue);
        }

        interruption.End();
        await listening;
        if (ends.Any(e => e.State == StepState.Open) && !interruption.Insisting.IsCancellationRequested)
        {
            context.ContinueAsNew(input with { Open = new OpenRevocations(outline, ends, overdue) });
            return new ChangeReport(outline.Class, ends);
        }

        if (!interruption.ByOperator)
        {
            YieldOpen(ends);
        }

        var report = new ChangeReport(outline.Class, ends, interruption.Stopped);
        await StoreCall.RunAsync<bool>(calls, WorkflowNames.Finish, new FinishInput(input.IdentityId, context.InstanceId, input.Inbox, report));
        return report;
    }

    static async Task CompensateAsync(PlanOutline outline, StepEnd[] ends, StepRunner runner, Interruption interruption)
    {
        if (interruption.Stopped is not null && !interruption.ByOperator)
        {
            // The leaver behind this run acts on what is really there.
            return;
        }

        var groups = outline.Steps
            .Where(s => !s.TakesAway && (interruption.ByOperator || ends[s.Number].State == StepState.Failed))
            .Select(s => s.Group)
            .ToHashSet();
        await Task.WhenAll(groups.Order(StringComparer.Ordinal).Select(group => UndoGroupAsync(group, outline, ends, runner)));
    }

    static async Task UndoGroupAsync(string group, PlanOutline outline, StepEnd[] ends, StepRunner runner)
    {
        foreach (var step in outline.Steps.Where(s => s.Group == group && !s.TakesAway).OrderByDescending(s => s.Number))
        {
            // A failed step may have had its effect; undoing reads first, so every one of them is undone.
            var failed = ends[step.Number].State == StepState.Failed ? ends[step.Number].Message : null;
            var undone = await runner.UndoAsync(ends[step.Number]);
            ends[step.Number] = undone with { Message = undone.State == StepState.NotUndone ? undone.Message : failed };
        }
    }

    static async Task<bool> InsistAsync(
        PatientCalls calls,
        ChangeInput input,
        PlanOutline outline,
        StepEnd[] ends,
        StepRunner runner,
        Interruption interruption,
        bool overdue)
    {
        var context = calls.Context;

        // An event may have come while the generation before was ending.
        await interruption.LookAsync();
        var open = ends.Where(e => e.State == StepState.Open).ToList();
        var wait = open.Max(e => outline.Retries[outline.Steps[e.Number].Target].Longest);
        try
        {
            await context.CreateTimer(context.CurrentUtcDateTime + wait, interruption.Insisting);
        }
        catch (OperationCanceledException)
        {
            return overdue;
        }

        // In the order of the phases: a target that answers again is disabled before anything else.
        foreach (var phase in open.GroupBy(e => outline.Steps[e.Number].Phase).OrderBy(g => g.Key))
        {
            foreach (var end in await Task.WhenAll(phase.Select(runner.RunAgainAsync)))
            {
                ends[end.Number] = end;
            }
        }

        if (!overdue && context.CurrentUtcDateTime >= outline.Deadline && ends.Any(e => e.State == StepState.Open))
        {
            var report = new ChangeReport(outline.Class, ends);
            await StoreCall.RunAsync<bool>(calls, WorkflowNames.Overdue, new FinishInput(input.IdentityId, context.InstanceId, input.Inbox, report));
            return true;
        }

        return overdue;
    }

    static void YieldOpen(StepEnd[] ends)
    {
        foreach (var end in ends.Where(e => e.State == StepState.Open).ToList())
        {
            ends[end.Number] = end with { State = StepState.Superseded, Message = "a newer event plans it anew" };
        }
    }
}
