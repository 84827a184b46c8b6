using Microsoft.DurableTask;
using Microsoft.DurableTask.Testing;
using ServerlessSync.TestKit.Conformance;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Engines.DurableTask.Tests.Official;

/// <summary>Durable Task with its in-memory backend, running a catalogue by the rules of Durable Functions.</summary>
sealed class TestHostEngine(DurableTaskTestHost host, IWorkflowClient client) : IEngineUnderTest
{
    public IWorkflowClient Client => client;

    public static async Task<IEngineUnderTest> StartAsync(WorkflowCatalog catalog)
    {
        // Left to itself it takes any port of a range, in use or not.
        var host = await DurableTaskTestHost.StartAsync(registry => Register(registry, catalog), new() { Port = FreePort.Find() });
        return new TestHostEngine(host, new DurableTaskWorkflowClient(host.Client, catalog));
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    static void Register(DurableTaskRegistry registry, WorkflowCatalog catalog)
    {
        var workflows = new DurableTaskWorkflows(catalog);
        foreach (var name in catalog.Workflows)
        {
            registry.AddOrchestratorFunc<JsonElement?, JsonElement?>(
                new TaskName(name), (context, _) => GuardedOrchestration.RunAsync(context, workflows.RunWorkflowAsync));
        }

        foreach (var name in catalog.Activities)
        {
            registry.AddActivityFunc<JsonElement?, JsonElement?>(
                new TaskName(name), (context, input) => workflows.RunActivityAsync(context.Name.Name, input, CancellationToken.None));
        }
    }
}
