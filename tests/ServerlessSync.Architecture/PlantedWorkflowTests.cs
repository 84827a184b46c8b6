using ServerlessSync.Mesh.Workflows.Engine;
using Shouldly;
using Xunit;

namespace ServerlessSync.Architecture;

/// <summary>Workflows that keep more than they may.</summary>
public sealed class PlantedWorkflowTests
{
    [Fact]
    public void A_workflow_of_sequence_only_is_let_pass() => WorkflowPurity.Check([typeof(Pure)]).ShouldBeEmpty();

    [Fact]
    public void A_workflow_with_a_dependency_is_found() => WorkflowPurity.Check([typeof(Dependent)]).ShouldContain(said => said.Contains("takes TimeProvider", StringComparison.Ordinal));

    [Fact]
    public void A_workflow_with_state_is_found() => WorkflowPurity.Check([typeof(Counting)]).ShouldHaveSingleItem().ShouldContain("keeps");

    [Fact]
    public void A_workflow_with_shared_state_in_its_base_is_found() => WorkflowPurity.Check([typeof(Inheriting)]).ShouldHaveSingleItem().ShouldContain("keeps");

    sealed class Pure : IWorkflow<string, string>
    {
        const string Step = "step";

        public Task<string> RunAsync(WorkflowContext context, string input) => Task.FromResult(Step + string.Concat(input.Where(c => c != ' ')));
    }

    sealed class Dependent(TimeProvider time) : IWorkflow<string, string>
    {
        public Task<string> RunAsync(WorkflowContext context, string input) => Task.FromResult(time.LocalTimeZone.Id);
    }

    sealed class Counting : IWorkflow<string, int>
    {
        int Count { get; set; }

        public Task<int> RunAsync(WorkflowContext context, string input) => Task.FromResult(++Count);
    }

    abstract class Shared
    {
        protected static List<string> Seen { get; } = [];
    }

    sealed class Inheriting : Shared, IWorkflow<string, int>
    {
        public Task<int> RunAsync(WorkflowContext context, string input) => Task.FromResult(Seen.Count);
    }
}
