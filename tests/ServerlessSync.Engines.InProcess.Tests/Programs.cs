using System.Collections.Concurrent;
using System.Globalization;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>A step of a small workflow made up by a test.</summary>
/// <param name="Kind">call, fail, timer, event, child, together, send, generation.</param>
/// <param name="Name">Unique in its program.</param>
/// <param name="Steps">Steps within.</param>
sealed record ProgramStep(string Kind, string Name, IReadOnlyList<ProgramStep>? Steps = null);

/// <summary>Runs a program: its result is the trace of what its steps gave.</summary>
sealed class ProgramWorkflow : IWorkflow<ProgramStep, string>
{
    public const string Name = "program";

    public static WorkflowCatalog Catalog(ConcurrentQueue<string> effects)
    {
        var begun = 0;
        return new WorkflowCatalog()
            .AddWorkflow<ProgramWorkflow, ProgramStep, string>(Name)
            .AddActivity<string, string>("effect", () => new ScriptedActivity<string, string>(async (name, _) =>
            {
                // Effects that began together end in another order than they began in.
                for (var yields = Interlocked.Increment(ref begun) % 4 * 50; yields > 0; yields--)
                {
                    await Task.Yield();
                }

                effects.Enqueue(name);
                return name.StartsWith('!') ? throw new InvalidOperationException(name) : name.ToUpperInvariant();
            }));
    }

    public Task<string> RunAsync(WorkflowContext context, ProgramStep input) => StepAsync(context, input);

    static async Task<string> StepAsync(WorkflowContext context, ProgramStep step)
    {
        switch (step.Kind)
        {
            case "call":
                return await context.CallActivityAsync<string>("effect", step.Name);
            case "fail":
                return await FailAsync(context, step);
            case "timer":
                await context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(1), CancellationToken.None);
                return "t";
            case "event":
                context.SendEvent(context.InstanceId, step.Name, step.Name);
                return await context.WaitForExternalEvent<string>(step.Name);
            case "child":
                return $"<{await context.CallSubOrchestratorAsync<string>(Name, new ProgramStep("sequence", step.Name, step.Steps))}>";
            case "together":
                return $"({string.Join('|', await Task.WhenAll(step.Steps!.Select(s => StepAsync(context, s))))})";
            case "race":
                return await RaceAsync(context);
            default:
                return await SequenceAsync(context, step);
        }
    }

    static async Task<string> SequenceAsync(WorkflowContext context, ProgramStep step)
    {
        var trace = "";
        foreach (var inner in step.Steps!)
        {
            trace += await StepAsync(context, inner) + ",";
            context.SetCustomStatus(trace.Length.ToString(CultureInfo.InvariantCulture));
        }

        return trace;
    }

    static async Task<string> FailAsync(WorkflowContext context, ProgramStep step)
    {
        try
        {
            return await context.CallActivityAsync<string>("effect", "!" + step.Name);
        }
        catch (WorkflowTaskFailedException e)
        {
            return e.Failure.ErrorMessage;
        }
    }

    static async Task<string> RaceAsync(WorkflowContext context)
    {
        using var cancel = new CancellationTokenSource();
        var never = context.CreateTimer(context.CurrentUtcDateTime.AddDays(1), cancel.Token);
        var soon = context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(1), CancellationToken.None);
        var first = await Task.WhenAny(never, soon);
        cancel.Cancel();
        return first == soon ? "soon" : "never";
    }
}
