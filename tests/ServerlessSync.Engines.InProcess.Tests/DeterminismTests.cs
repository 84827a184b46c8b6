using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>A run begun by one build and taken up by another whose code does something else.</summary>
public sealed class DeterminismTests
{
    readonly Probe _probe = new();

    [Fact]
    public async Task The_same_code_goes_on() =>
        (await TakenUpAsync<Scenario.Waits>()).Status.ShouldBe(WorkflowStatus.Completed);

    [Fact]
    public Task Another_activity_fails_the_run_and_is_named() =>
        FailsAsync<OtherActivity>("step 2", "expected activity 'note' (task 0)", "activity 'other'");

    [Fact]
    public Task Another_kind_of_step_fails_the_run_and_is_named() =>
        FailsAsync<TimerInstead>("step 2", "expected activity 'note' (task 0)", "a timer (task 0)");

    [Fact]
    public Task A_missing_step_fails_the_run_and_is_named() =>
        FailsAsync<NothingInstead>("step 2", "expected activity 'note' (task 0)", "nothing more");

    [Fact]
    public Task A_further_step_fails_the_run_and_is_named() =>
        FailsAsync<OneMore>("step 3", "activity 'other' (task 1)", "history does not have");

    [Fact]
    public async Task Code_that_leaves_the_turn_fails_its_run()
    {
        await using var engine = await MemoryEngine.StartAsync(new MemoryWorkflowHistory(TimeProvider.System), Scenario.Catalog(_probe));
        var run = await engine.RunAsync("leaves", "\"a\"");
        run.Status.ShouldBe(WorkflowStatus.Failed);
        run.Failure!.ErrorType.ShouldBe("LeftTurn");
        _probe.Notes.ShouldBe(["a"]);
    }

    [Fact]
    public async Task Code_that_goes_on_after_continuing_as_new_fails_its_run()
    {
        await using var engine = await MemoryEngine.StartAsync(new MemoryWorkflowHistory(TimeProvider.System), Scenario.Catalog(_probe));
        var run = await engine.RunAsync("continues-and-goes-on", "\"a\"");
        run.Failure!.ErrorMessage.ShouldContain("right after ContinueAsNew");
        _probe.Notes.ShouldBeEmpty();
    }

    async Task FailsAsync<TChanged>(params string[] words)
        where TChanged : IWorkflow<string, string>, new() =>
        Fails(await TakenUpAsync<TChanged>(), words);

    static void Fails(WorkflowInstance run, string[] words)
    {
        run.Status.ShouldBe(WorkflowStatus.Failed);
        foreach (var word in words.Append("NonDeterministic").Append("add it as a new version"))
        {
            $"{run.Failure!.ErrorType}: {run.Failure.ErrorMessage}".ShouldContain(word);
        }
    }

    Task<WorkflowInstance> TakenUpAsync<TChanged>()
        where TChanged : IWorkflow<string, string>, new() =>
        TakenUpAsync(Catalog<TChanged>());

    /// <summary>Begins a run with the original code, stops while its first activity is under way, and goes on with the catalog given.</summary>
    async Task<WorkflowInstance> TakenUpAsync(WorkflowCatalog changed)
    {
        var history = new MemoryWorkflowHistory(TimeProvider.System);
        await using (var first = await MemoryEngine.StartAsync(history, Catalog<Scenario.Waits>()))
        {
            await first.BeginAsync("changing", "\"a\"");
            await _probe.WaitAsync("a");
        }

        await using var second = await MemoryEngine.StartAsync(history.OpenAnother(), changed);
        await second.RaiseEventAsync("x", "go", "\"b\"", Scenario.Soon());
        return await second.WaitForInstanceCompletionAsync("x", Scenario.Soon());
    }

    WorkflowCatalog Catalog<TWorkflow>()
        where TWorkflow : IWorkflow<string, string>, new()
    {
        ScriptedActivity<string, string> Note() => new((text, _) =>
        {
            _probe.Note(text);
            return Task.FromResult(text);
        });
        return new WorkflowCatalog()
            .AddActivity("note", Note)
            .AddActivity("other", Note)
            .AddWorkflow<TWorkflow, string, string>("changing");
    }

    sealed class OtherActivity : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
            await context.CallActivityAsync<string>("other", input);
            return await context.WaitForExternalEvent<string>("go");
        }
    }

    sealed class TimerInstead : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
            await context.CreateTimer(context.CurrentUtcDateTime.AddDays(1), CancellationToken.None);
            return "";
        }
    }

    sealed class NothingInstead : IWorkflow<string, string>
    {
        public Task<string> RunAsync(WorkflowContext context, string input) => context.WaitForExternalEvent<string>("go");
    }

    sealed class OneMore : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
            var first = context.CallActivityAsync<string>("note", input);
            await context.CallActivityAsync<string>("other", input);
            return await first;
        }
    }
}
