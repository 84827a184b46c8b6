using Microsoft.DurableTask.Client;
using ServerlessSync.Engines.DurableTask;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Functions;

/// <summary>
/// The engine's client for a mesh that lives as long as the process. Durable Functions gives its client to functions alone, with each call, so
/// every function through which the mesh may reach the engine binds the one it was given.
/// </summary>
/// <param name="catalog">What can be started.</param>
public sealed class BoundWorkflowClient(WorkflowCatalog catalog) : IWorkflowClient
{
    volatile Binding? _binding;

    IWorkflowClient Client => _binding?.Client ?? throw new InvalidOperationException("No function has been called with a durable client yet.");

    /// <summary>Takes the client of a call for this one and those that follow.</summary>
    public void Bind(DurableTaskClient client)
    {
        if (!ReferenceEquals(_binding?.Given, client))
        {
            _binding = new Binding(client, new DurableTaskWorkflowClient(client, catalog));
        }
    }

    /// <inheritdoc/>
    public Task<StartResult> ScheduleNewOrchestrationInstanceAsync(string name, string? input, string instanceId, CancellationToken cancellationToken) =>
        Client.ScheduleNewOrchestrationInstanceAsync(name, input, instanceId, cancellationToken);

    /// <inheritdoc/>
    public Task<WorkflowInstance?> GetInstanceAsync(string instanceId, CancellationToken cancellationToken) => Client.GetInstanceAsync(instanceId, cancellationToken);

    /// <inheritdoc/>
    public Task<WorkflowInstancePage> GetAllInstancesAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken) =>
        Client.GetAllInstancesAsync(query, cancellationToken);

    /// <inheritdoc/>
    public Task<SignalResult> RaiseEventAsync(string instanceId, string eventName, string? payload, CancellationToken cancellationToken) =>
        Client.RaiseEventAsync(instanceId, eventName, payload, cancellationToken);

    /// <inheritdoc/>
    public Task<SignalResult> SuspendInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        Client.SuspendInstanceAsync(instanceId, reason, cancellationToken);

    /// <inheritdoc/>
    public Task<SignalResult> ResumeInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        Client.ResumeInstanceAsync(instanceId, reason, cancellationToken);

    /// <inheritdoc/>
    public Task<SignalResult> TerminateInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        Client.TerminateInstanceAsync(instanceId, reason, cancellationToken);

    /// <inheritdoc/>
    public Task<WorkflowInstance> WaitForInstanceCompletionAsync(string instanceId, CancellationToken cancellationToken) =>
        Client.WaitForInstanceCompletionAsync(instanceId, cancellationToken);

    sealed record Binding(DurableTaskClient Given, IWorkflowClient Client);
}
