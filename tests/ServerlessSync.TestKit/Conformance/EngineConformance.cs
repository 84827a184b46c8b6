using System.Text.Json;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>What every engine behind <see cref="IWorkflowClient"/> must do. Derive, give an engine, and all facts run on it.</summary>
public abstract partial class EngineConformance : IAsyncLifetime
{
    readonly Probe _probe = new();
    IEngineUnderTest _engine = null!;
    int _ids;

    IWorkflowClient Client => _engine.Client;

    /// <summary>What this engine leaves undone.</summary>
    protected virtual EngineLeeway Leeway => EngineLeeway.None;

    /// <summary>A started engine.</summary>
    protected abstract Task<IEngineUnderTest> StartAsync(WorkflowCatalog catalog);

    public async Task InitializeAsync() => _engine = await StartAsync(ConformanceWorkflows.Catalog(_probe));

    public Task DisposeAsync() => _engine.DisposeAsync().AsTask();

    bool Takes(EngineLeeway leeway) => Leeway.HasFlag(leeway);

    static CancellationToken Soon() => new CancellationTokenSource(TimeSpan.FromMinutes(3)).Token;

    static string[] Texts(params string[] texts) => texts;

    static string Json(object value) => JsonSerializer.Serialize(value, value.GetType(), MeshJson.Options);

    static T Output<T>(WorkflowInstance run)
    {
        Assert.True(run.Status == WorkflowStatus.Completed, $"{run.Status}: {run.Failure}");
        return JsonSerializer.Deserialize<T>(run.Output!, MeshJson.Options)!;
    }

    async Task<string> BeginAsync(string workflow, object input)
    {
        var id = $"run-{++_ids}";
        Assert.Equal(StartResult.Started, await Client.ScheduleNewOrchestrationInstanceAsync(workflow, Json(input), id, Soon()));
        return id;
    }

    Task<WorkflowInstance> EndAsync(string id) => Client.WaitForInstanceCompletionAsync(id, Soon());

    async Task<WorkflowInstance> RunAsync(string workflow, object input) => await EndAsync(await BeginAsync(workflow, input));

    Task<SignalResult> RaiseAsync(string id, string name, string payload) => Client.RaiseEventAsync(id, name, Json(payload), Soon());

    /// <summary>Asks until the run is in the state: the call that leads there says only that it was recorded.</summary>
    async Task<WorkflowInstance> UntilAsync(string id, Predicate<WorkflowInstance> holds)
    {
        for (var cancel = Soon(); ; cancel.ThrowIfCancellationRequested())
        {
            var run = await Client.GetInstanceAsync(id, cancel);
            if (run is not null && holds(run))
            {
                return run;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancel);
        }
    }
}
