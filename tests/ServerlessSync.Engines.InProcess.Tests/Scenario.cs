using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>Workflows for the engine's own tests.</summary>
static class Scenario
{
    public static CancellationToken Soon() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    public static WorkflowCatalog Catalog(Probe probe) => new WorkflowCatalog()
        .AddActivity<string, string>("note", () => new ScriptedActivity<string, string>((text, _) =>
        {
            probe.Note(text);
            return Task.FromResult(text);
        }))
        .AddActivity<string, string>("held", () => new ScriptedActivity<string, string>(async (text, cancel) =>
        {
            probe.Note($"began {text}");
            await probe.WaitAsync($"release {text}", cancel);
            probe.Note($"ended {text}");
            return text;
        }))
        .AddActivity<string, string>("deaf", () => new ScriptedActivity<string, string>(async (text, _) =>
        {
            probe.Note($"began {text}");
            await probe.WaitAsync($"release {text}", CancellationToken.None);
            return text;
        }))
        .AddWorkflow<Sleeps, int, DateTimeOffset>("sleeps")
        .AddWorkflow<TakesNaps, NapState, NapState>("naps")
        .AddWorkflow<Waits, string, string>("waits")
        .AddWorkflow<Holds, string, string>("holds")
        .AddWorkflow<CallsDeaf, string, string>("calls-deaf")
        .AddWorkflow<FansOut, int, int>("fans-out")
        .AddWorkflow<Leaves, string, string>("leaves")
        .AddWorkflow<ContinuesAndGoesOn, string, string>("continues-and-goes-on");

    public static async Task<WorkflowInstance> RunAsync(this InProcessEngine engine, string workflow, string input, string id = "x")
    {
        await engine.BeginAsync(workflow, input, id);
        return await engine.WaitForInstanceCompletionAsync(id, Soon());
    }

    /// <summary>Gives everything the engine has in hand time to happen: another run's whole life.</summary>
    public static async Task RunElsewhereAsync(this InProcessEngine engine, FaultyHistory history)
    {
        history.Created = () => Task.CompletedTask;
        await engine.BeginAsync("waits", "\"elsewhere\"", "elsewhere");
        await engine.RaiseEventAsync("elsewhere", "go", null, Soon());
        await engine.WaitForInstanceCompletionAsync("elsewhere", Soon());
    }

    /// <summary>Asks until the run is in the state.</summary>
    public static async Task<WorkflowInstance> UntilAsync(this InProcessEngine engine, string id, WorkflowStatus status)
    {
        for (var soon = Soon(); ; soon.ThrowIfCancellationRequested())
        {
            if (await engine.GetInstanceAsync(id, soon) is { } run && run.Status == status)
            {
                return run;
            }

            await Task.Yield();
        }
    }

    public static Task BeginAsync(this InProcessEngine engine, string workflow, string input, string id = "x") =>
        engine.ScheduleNewOrchestrationInstanceAsync(workflow, input, id, Soon());

    sealed class Sleeps : IWorkflow<int, DateTimeOffset>
    {
        public async Task<DateTimeOffset> RunAsync(WorkflowContext context, int input)
        {
            await context.CreateTimer(context.CurrentUtcDateTime.AddMinutes(input), CancellationToken.None);
            return context.CurrentUtcDateTime;
        }
    }

    /// <summary>Sleeps ten minutes in each generation, as long as the time it sees has not come.</summary>
    sealed class TakesNaps : IWorkflow<NapState, NapState>
    {
        public async Task<NapState> RunAsync(WorkflowContext context, NapState input)
        {
            var (timers, wentBack) = (input.Timers, input.WentBack || context.CurrentUtcDateTime < input.Seen);
            for (var due = context.CurrentUtcDateTime.AddMinutes(10); context.CurrentUtcDateTime < due; timers++)
            {
                await context.CreateTimer(due, CancellationToken.None);
            }

            var napped = new NapState(input.Left - 1, timers, context.CurrentUtcDateTime, wentBack);
            if (napped.Left > 0)
            {
                context.ContinueAsNew(napped);
            }

            return napped;
        }
    }

    internal sealed class Waits : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
            await context.CallActivityAsync<string>("note", input);
            return await context.WaitForExternalEvent<string>("go");
        }
    }

    sealed class Holds : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
            await context.CallActivityAsync<string>("held", input);
            return await context.CallActivityAsync<string>("note", "next");
        }
    }

    sealed class CallsDeaf : IWorkflow<string, string>
    {
        public Task<string> RunAsync(WorkflowContext context, string input) => context.CallActivityAsync<string>("deaf", input);
    }

    sealed class FansOut : IWorkflow<int, int>
    {
        public async Task<int> RunAsync(WorkflowContext context, int input)
        {
            await Task.WhenAll(Enumerable.Range(0, input).Select(i => context.CallActivityAsync<string>("held", $"{i}")));
            return input;
        }
    }

    sealed class Leaves : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
#pragma warning disable CA2007, MA0004 // The fault under test.
            await context.CallActivityAsync<string>("note", input).ConfigureAwait(ConfigureAwaitOptions.None);
#pragma warning restore CA2007, MA0004
            return await context.CallActivityAsync<string>("note", "never reached");
        }
    }

    sealed class ContinuesAndGoesOn : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
            context.ContinueAsNew("again");
            return await context.CallActivityAsync<string>("note", "too late");
        }
    }
}

/// <summary>How far a run that naps has come.</summary>
sealed record NapState(int Left, int Timers, DateTimeOffset Seen, bool WentBack);
