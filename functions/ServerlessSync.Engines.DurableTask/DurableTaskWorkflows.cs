using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace ServerlessSync.Engines.DurableTask;

/// <summary>
/// Runs a catalogue's workflows and activities for whatever hosts Durable Task: the host registers each name and calls one of these two.
/// </summary>
/// <remarks>
/// Payloads cross as <see cref="JsonElement"/>, which every System.Text.Json converter writes as it is. So what is stored is the mesh's own
/// JSON, however the host has set up its converter.
/// </remarks>
/// <param name="catalog">What can be run.</param>
public sealed partial class DurableTaskWorkflows(WorkflowCatalog catalog)
{
    const string Category = "ServerlessSync.Engines.DurableTask";

    /// <summary>Runs a workflow in the version its run was stamped with.</summary>
    /// <exception cref="InvalidOperationException">This build has no such workflow or version.</exception>
    public async Task<JsonElement?> RunWorkflowAsync(TaskOrchestrationContext context)
    {
        // Of this name, and silent while a turn is only repeated.
        var logger = context.CreateReplaySafeLogger(Category);
        var name = context.Name.Name;
        if (catalog.FindWorkflow(name, context.Version) is not { } workflow)
        {
            LogMissingVersion(logger, context.InstanceId, name, context.Version);
            throw new InvalidOperationException($"There is no version '{context.Version}' of workflow '{name}' in this build.");
        }

        LogBegan(logger, context.InstanceId, name, context.Version);
        using var door = new DurableTaskWorkflowContext(context, catalog);
        var result = WorkflowPayload.WithinLimit(await workflow(door), WorkflowLimits.PayloadBytes, $"The result of workflow '{name}'");
        LogReturned(logger, context.InstanceId);
        return Elements.Of(result);
    }

    /// <summary>Runs one attempt of an activity.</summary>
    /// <exception cref="InvalidOperationException">This build has no such activity.</exception>
    /// <exception cref="ArgumentException">The result is larger than <see cref="WorkflowLimits.PayloadBytes"/>.</exception>
    public async Task<JsonElement?> RunActivityAsync(string name, JsonElement? input, CancellationToken cancellationToken)
    {
        var activity = catalog.FindActivity(name) ?? throw new InvalidOperationException($"There is no activity '{name}' in this build.");
        var result = await activity(Elements.Text(input), cancellationToken);
        return Elements.Of(WorkflowPayload.WithinLimit(result, WorkflowLimits.PayloadBytes, $"The result of activity '{name}'"));
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Debug, Message = "Run '{InstanceId}' of workflow '{Workflow}' version '{Version}' begins")]
    static partial void LogBegan(ILogger logger, string instanceId, string workflow, string version);

    [LoggerMessage(EventId = 1202, Level = LogLevel.Debug, Message = "The code of run '{InstanceId}' has returned")]
    static partial void LogReturned(ILogger logger, string instanceId);

    [LoggerMessage(EventId = 1203, Level = LogLevel.Error, Message = "Run '{InstanceId}' of workflow '{Workflow}' needs version '{Version}', which this build lacks")]
    static partial void LogMissingVersion(ILogger logger, string instanceId, string workflow, string version);
}
