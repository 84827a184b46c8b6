using System.Collections.Concurrent;
using System.Text.Json;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace ServerlessSync.Functions.Tests.World;

/// <summary>The client Durable Functions gives to functions, over runs in memory that nobody carries out.</summary>
sealed class FakeDurableClient() : DurableTaskClient("fake")
{
    readonly ConcurrentDictionary<string, OrchestrationMetadata> _runs = new(StringComparer.Ordinal);

    /// <summary>Ids of all runs.</summary>
    public IEnumerable<string> Runs => _runs.Keys.Order(StringComparer.Ordinal);

    /// <summary>Names of the workflows that were started, with the id of the run.</summary>
    public ConcurrentQueue<(string Workflow, string Run)> Started { get; } = [];

    /// <summary>Inputs of the runs that were started.</summary>
    public ConcurrentQueue<JsonElement?> Inputs { get; } = [];

    /// <summary>Set, every call to start a run fails with it.</summary>
    public Exception? Away { get; set; }

    /// <summary>Puts a run there.</summary>
    public void Put(string id, OrchestrationRuntimeStatus status, DateTimeOffset created, DateTimeOffset updated) =>
        _runs[id] = new OrchestrationMetadata("change", id) { RuntimeStatus = status, CreatedAt = created, LastUpdatedAt = updated };

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        if (Away is { } away)
        {
            throw away;
        }

        var id = options?.InstanceId ?? throw new InvalidOperationException("The mesh names its runs itself.");
        if (!_runs.TryAdd(id, new OrchestrationMetadata(orchestratorName.Name, id) { RuntimeStatus = OrchestrationRuntimeStatus.Pending }))
        {
            throw new OrchestrationAlreadyExistsException(id);
        }

        Inputs.Enqueue((JsonElement?)input);
        Started.Enqueue((orchestratorName.Name, id));
        return Task.FromResult(id);
    }

    public override Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(_runs.GetValueOrDefault(instanceId));

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => new Pages(
    [
        .. _runs.Values.OrderBy(run => run.InstanceId, StringComparer.Ordinal)
            .Where(run => filter?.Statuses is null || filter.Statuses.Contains(run.RuntimeStatus))
            .Where(run => filter?.CreatedTo is null || run.CreatedAt <= filter.CreatedTo),
    ]);

    public override Task<PurgeResult> PurgeInstanceAsync(string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) =>
        Task.FromResult(new PurgeResult(_runs.TryRemove(instanceId, out _) ? 1 : 0));

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) => Task.CompletedTask;

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => Task.CompletedTask;

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => Task.CompletedTask;

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(_runs[instanceId]);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(_runs[instanceId]);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Two on a page, so that whoever reads one page reads too little.</summary>
    sealed class Pages(IReadOnlyList<OrchestrationMetadata> runs) : AsyncPageable<OrchestrationMetadata>
    {
        const int Most = 2;

        public override async IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(string? continuationToken = default, int? pageSizeHint = default)
        {
            await Task.CompletedTask;
            var rest = runs.Where(run => continuationToken is null || string.CompareOrdinal(run.InstanceId, continuationToken) > 0).ToList();
            var page = rest.Take(Most).ToList();
            yield return new Page<OrchestrationMetadata>(page, rest.Count > Most ? page[^1].InstanceId : null);
        }
    }
}
