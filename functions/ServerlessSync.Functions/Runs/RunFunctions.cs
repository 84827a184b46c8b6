using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using ServerlessSync.Engines.DurableTask;
using ServerlessSync.Mesh.Workflows;

namespace ServerlessSync.Functions;

/// <summary>The mesh's workflows and activities under the names their histories know.</summary>
/// <param name="workflows">Runs them.</param>
/// <param name="engine">Reaches the engine from activities.</param>
public sealed class RunFunctions(DurableTaskWorkflows workflows, BoundWorkflowClient engine)
{
    /// <inheritdoc cref="WorkflowNames.Change"/>
    [Function(WorkflowNames.Change)]
    public Task<JsonElement?> ChangeAsync([OrchestrationTrigger] TaskOrchestrationContext context) => workflows.RunWorkflowAsync(context);

    /// <inheritdoc cref="WorkflowNames.Prepare"/>
    [Function(WorkflowNames.Prepare)]
    public Task<JsonElement?> PrepareAsync([ActivityTrigger] JsonElement? input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(WorkflowNames.Prepare, input, client, cancellationToken);

    /// <inheritdoc cref="WorkflowNames.Apply"/>
    [Function(WorkflowNames.Apply)]
    public Task<JsonElement?> ApplyAsync([ActivityTrigger] JsonElement? input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(WorkflowNames.Apply, input, client, cancellationToken);

    /// <inheritdoc cref="WorkflowNames.Verify"/>
    [Function(WorkflowNames.Verify)]
    public Task<JsonElement?> VerifyAsync([ActivityTrigger] JsonElement? input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(WorkflowNames.Verify, input, client, cancellationToken);

    /// <inheritdoc cref="WorkflowNames.Undo"/>
    [Function(WorkflowNames.Undo)]
    public Task<JsonElement?> UndoAsync([ActivityTrigger] JsonElement? input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(WorkflowNames.Undo, input, client, cancellationToken);

    /// <inheritdoc cref="WorkflowNames.Look"/>
    [Function(WorkflowNames.Look)]
    public Task<JsonElement?> LookAsync([ActivityTrigger] JsonElement? input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(WorkflowNames.Look, input, client, cancellationToken);

    /// <inheritdoc cref="WorkflowNames.Overdue"/>
    [Function(WorkflowNames.Overdue)]
    public Task<JsonElement?> OverdueAsync([ActivityTrigger] JsonElement? input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(WorkflowNames.Overdue, input, client, cancellationToken);

    /// <inheritdoc cref="WorkflowNames.Finish"/>
    [Function(WorkflowNames.Finish)]
    public Task<JsonElement?> FinishAsync([ActivityTrigger] JsonElement? input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(WorkflowNames.Finish, input, client, cancellationToken);

    /// <inheritdoc cref="WorkflowNames.Reconcile"/>
    [Function(WorkflowNames.Reconcile)]
    public Task<JsonElement?> ReconcileAsync([OrchestrationTrigger] TaskOrchestrationContext context) => workflows.RunWorkflowAsync(context);

    /// <inheritdoc cref="WorkflowNames.ReconcilePart"/>
    [Function(WorkflowNames.ReconcilePart)]
    public Task<JsonElement?> ReconcilePartAsync([OrchestrationTrigger] TaskOrchestrationContext context) => workflows.RunWorkflowAsync(context);

    /// <inheritdoc cref="WorkflowNames.ReconcileBegin"/>
    [Function(WorkflowNames.ReconcileBegin)]
    public Task<JsonElement?> ReconcileBeginAsync([ActivityTrigger] JsonElement? input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(WorkflowNames.ReconcileBegin, input, client, cancellationToken);

    /// <inheritdoc cref="WorkflowNames.ReconcileWork"/>
    [Function(WorkflowNames.ReconcileWork)]
    public Task<JsonElement?> ReconcileWorkAsync([ActivityTrigger] JsonElement? input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(WorkflowNames.ReconcileWork, input, client, cancellationToken);

    /// <inheritdoc cref="WorkflowNames.ReconcileFinish"/>
    [Function(WorkflowNames.ReconcileFinish)]
    public Task<JsonElement?> ReconcileFinishAsync([ActivityTrigger] JsonElement? input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(WorkflowNames.ReconcileFinish, input, client, cancellationToken);

    Task<JsonElement?> RunAsync(string activity, JsonElement? input, DurableTaskClient client, CancellationToken cancellationToken)
    {
        engine.Bind(client);
        return workflows.RunActivityAsync(activity, input, cancellationToken);
    }
}
