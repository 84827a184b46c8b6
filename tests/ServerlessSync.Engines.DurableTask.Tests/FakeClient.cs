using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace ServerlessSync.Engines.DurableTask.Tests;

/// <summary>A Durable Task client that knows the runs a test gives it and notes what it is asked.</summary>
sealed class FakeClient() : DurableTaskClient("fake")
{
    public List<string> Asked { get; } = [];

    public Dictionary<string, OrchestrationMetadata> Runs { get; } = new(StringComparer.Ordinal);

    public (string Name, object? Input, StartOrchestrationOptions Options)? Started { get; private set; }

    public OrchestrationQuery? Query { get; private set; }

    /// <summary>What a host does with a signal beside noting it.</summary>
    public Action Host { get; set; } = static () => { };

    public IReadOnlyList<Page<OrchestrationMetadata>> Pages { get; init; } = [];

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        Started = (orchestratorName.Name, input, options!);
        return Runs.ContainsKey(options!.InstanceId!)
            ? throw new OrchestrationAlreadyExistsException($"'{options.InstanceId}' exists.")
            : Task.FromResult(options.InstanceId!);
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) =>
        Note($"raise {instanceId} {eventName} {ScriptedRun.Text(eventPayload)}");

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        Note($"suspend {instanceId} {reason}");

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        Note($"resume {instanceId} {reason}");

    public override Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) =>
        Note($"terminate {instanceId} {options!.Output} {options.Recursive}");

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(Runs.GetValueOrDefault(instanceId));

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        getInputsAndOutputs ? Task.FromResult(Runs[instanceId]) : throw new InvalidOperationException("The output is wanted.");

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        Query = filter;
        return new Listing(Pages);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    Task Note(string what)
    {
        Asked.Add(what);
        Host();
        return Task.CompletedTask;
    }

    sealed class Listing(IReadOnlyList<Page<OrchestrationMetadata>> pages) : AsyncPageable<OrchestrationMetadata>
    {
        public override IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(string? continuationToken = default, int? pageSizeHint = default) =>
            pages.ToAsyncEnumerable();
    }
}
