using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>Several versions of a workflow side by side, and builds that have some of them.</summary>
public sealed class VersionTests
{
    readonly Probe _probe = new();
    readonly MemoryWorkflowHistory _history = new(TimeProvider.System);

    [Fact]
    public async Task After_a_deploy_an_old_run_goes_on_with_the_old_code_and_new_runs_take_the_new()
    {
        await BeginOldAsync();
        await using var engine = await MemoryEngine.StartAsync(_history.OpenAnother(), Both());
        (await EndAsync(engine, "old")).ShouldBe(("old", "\"first old: go\""));
        await engine.BeginAsync("greets", "\"b\"", "new");
        (await EndAsync(engine, "new")).ShouldBe(("new", "\"second new: go\""));
    }

    [Fact]
    public async Task A_run_whose_version_is_gone_waits_visibly_and_goes_on_when_a_build_has_it_again()
    {
        await BeginOldAsync();
        await using (var without = await MemoryEngine.StartAsync(_history.OpenAnother(), Catalog().AddWorkflow<Second, string, string>("greets", version: "new")))
        {
            var held = await UntilHeldAsync(without, "old");
            held.Failure.ShouldBe(new WorkflowFailure("MissingVersion", held.Failure!.ErrorMessage));
            held.Failure.ErrorMessage.ShouldContain("no version 'old' of workflow 'greets'");
            await without.RaiseEventAsync("old", "go", "\"kept meanwhile\"", Scenario.Soon());
            await without.BeginAsync("greets", "\"b\"", "new");
            (await EndAsync(without, "new")).ShouldBe(("new", "\"second new: go\""));
            (await ListAsync(without, WorkflowStatus.Held)).ShouldBe(["old"]);
            (await ListAsync(without, WorkflowStatus.Running)).ShouldBeEmpty();
            (await ListAsync(without)).ShouldBe(["new", "old"]);
        }

        await using var again = await MemoryEngine.StartAsync(_history.OpenAnother(), Both());
        (await again.WaitForInstanceCompletionAsync("old", Scenario.Soon())).Output.ShouldBe("\"first old: kept meanwhile\"");
    }

    [Fact]
    public async Task A_run_whose_workflow_is_gone_waits_as_well()
    {
        await BeginOldAsync();
        await using var without = await MemoryEngine.StartAsync(_history.OpenAnother(), Catalog());
        (await UntilHeldAsync(without, "old")).Failure!.ErrorMessage.ShouldContain("waits for a build that has it");
    }

    [Fact]
    public async Task A_run_whose_version_is_gone_can_be_terminated()
    {
        await BeginOldAsync();
        await using var without = await MemoryEngine.StartAsync(_history.OpenAnother(), Catalog());
        await UntilHeldAsync(without, "old");
        await without.TerminateInstanceAsync("old", "given up", Scenario.Soon());
        var ended = await without.WaitForInstanceCompletionAsync("old", Scenario.Soon());
        (ended.Status, ended.Output).ShouldBe((WorkflowStatus.Terminated, "given up"));
    }

    [Fact]
    public async Task A_next_generation_keeps_the_version_the_run_began_with()
    {
        await using (var first = await MemoryEngine.StartAsync(_history, Catalog().AddWorkflow<Continues, string, string>("continues", version: "old")))
        {
            await first.BeginAsync("continues", "\"again\"");
            await _probe.WaitAsync("generation old");
        }

        var both = Catalog().AddWorkflow<Continues, string, string>("continues", version: "old").AddWorkflow<Second, string, string>("continues", version: "new");
        await using var second = await MemoryEngine.StartAsync(_history.OpenAnother(), both);
        await second.RaiseEventAsync("x", "go", "\"last\"", Scenario.Soon());
        await second.RaiseEventAsync("x", "go", "\"go\"", Scenario.Soon());
        var run = await second.WaitForInstanceCompletionAsync("x", Scenario.Soon());
        (run.Version, run.Output).ShouldBe(("old", "\"last old\""));
    }

    [Fact]
    public async Task A_child_begins_with_its_own_workflows_newest_version_and_keeps_it()
    {
        await using (var first = await MemoryEngine.StartAsync(_history, Old().AddWorkflow<Parent, string, string>("parent", version: "p")))
        {
            await first.BeginAsync("parent", "\"a\"");
            await _probe.WaitAsync("first old");
        }

        await using var second = await MemoryEngine.StartAsync(_history.OpenAnother(), Both().AddWorkflow<Parent, string, string>("parent", version: "p"));
        await second.RaiseEventAsync("child", "go", "\"go\"", Scenario.Soon());
        (await second.WaitForInstanceCompletionAsync("x", Scenario.Soon())).Output.ShouldBe("\"first old: go\"");
        (await second.GetInstanceAsync("child", Scenario.Soon()))!.Version.ShouldBe("old");
    }

    [Fact]
    public void A_version_is_added_once_and_has_a_name()
    {
        Should.Throw<ArgumentException>(() => Old().AddWorkflow<Second, string, string>("GREETS", version: "old"));
        Should.Throw<ArgumentException>(() => Old().AddWorkflow<Second, string, string>("greets", version: "")).Message.ShouldContain("1 to 100 characters");
        Both().FindVersion("Greets").ShouldBe("new");
    }

    WorkflowCatalog Catalog() => Scenario.Catalog(_probe);

    WorkflowCatalog Old() => Catalog().AddWorkflow<First, string, string>("greets", version: "old");

    WorkflowCatalog Both() => Old().AddWorkflow<Second, string, string>("greets", version: "new");

    async Task BeginOldAsync()
    {
        await using var first = await MemoryEngine.StartAsync(_history, Old());
        await first.BeginAsync("greets", "\"a\"", "old");
        await _probe.WaitAsync("first old");
    }

    static async Task<(string Version, string? Output)> EndAsync(InProcessEngine engine, string id)
    {
        await engine.RaiseEventAsync(id, "go", "\"go\"", Scenario.Soon());
        var run = await engine.WaitForInstanceCompletionAsync(id, Scenario.Soon());
        return (run.Version, run.Output);
    }

    static async Task<IEnumerable<string>> ListAsync(InProcessEngine engine, params WorkflowStatus[] statuses) =>
        (await engine.GetAllInstancesAsync(new() { Statuses = statuses }, Scenario.Soon())).Instances.Select(i => i.InstanceId);

    static Task<WorkflowInstance> UntilHeldAsync(InProcessEngine engine, string id) => engine.UntilAsync(id, WorkflowStatus.Held);

    sealed class First : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
            await context.CallActivityAsync<string>("note", $"first {context.Version}");
            return $"first {context.Version}: {await context.WaitForExternalEvent<string>("go")}";
        }
    }

    sealed class Second : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input) =>
            $"second {context.Version}: {await context.WaitForExternalEvent<string>("go")}";
    }

    sealed class Continues : IWorkflow<string, string>
    {
        public async Task<string> RunAsync(WorkflowContext context, string input)
        {
            await context.CallActivityAsync<string>("note", $"generation {context.Version}");
            var next = await context.WaitForExternalEvent<string>("go");
            if (input == "last")
            {
                return $"last {context.Version}";
            }

            context.ContinueAsNew(next);
            return "";
        }
    }

    sealed class Parent : IWorkflow<string, string>
    {
        public Task<string> RunAsync(WorkflowContext context, string input) =>
            context.CallSubOrchestratorAsync<string>("greets", input, "child");
    }
}
