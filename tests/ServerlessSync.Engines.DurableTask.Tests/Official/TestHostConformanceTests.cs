using Microsoft.DurableTask;
using Microsoft.DurableTask.Testing;
using ServerlessSync.TestKit.Conformance;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Engines.DurableTask.Tests.Official;

/// <summary>The conformance suite on Durable Task itself: its worker, its client and its in-memory backend in this process.</summary>
public sealed class TestHostConformanceTests : EngineConformance
{
    protected override EngineLeeway Leeway =>
        EngineLeeway.ForeignTaskUnseen | EngineLeeway.LongTurnBegun | EngineLeeway.TimersUnordered | EngineLeeway.ListUnordered | EngineLeeway.ChildIdUnchecked;

    protected override async Task<IEngineUnderTest> StartAsync(WorkflowCatalog catalog)
    {
        // Left to itself it takes any port of a range, in use or not.
        var host = await DurableTaskTestHost.StartAsync(registry => Register(registry, catalog), new() { Port = FreePort.Find() });
        return new Suite(host, new DurableTaskWorkflowClient(host.Client, catalog));
    }

    static void Register(DurableTaskRegistry registry, WorkflowCatalog catalog)
    {
        var workflows = new DurableTaskWorkflows(catalog);
        foreach (var name in catalog.Workflows)
        {
            registry.AddOrchestratorFunc<JsonElement?, JsonElement?>(new TaskName(name), (context, _) => workflows.RunWorkflowAsync(context));
        }

        foreach (var name in catalog.Activities)
        {
            registry.AddActivityFunc<JsonElement?, JsonElement?>(
                new TaskName(name), (context, input) => workflows.RunActivityAsync(context.Name.Name, input, CancellationToken.None));
        }
    }

    sealed class Suite(DurableTaskTestHost host, IWorkflowClient client) : IEngineUnderTest
    {
        public IWorkflowClient Client => client;

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }
}
