using Microsoft.DurableTask.Client;

namespace ServerlessSync.Engines.DurableTask;

/// <summary>Durable Task's words for a run, in those of the port.</summary>
static class Instances
{
    static readonly (WorkflowStatus Ours, OrchestrationRuntimeStatus Theirs)[] Statuses =
    [
        (WorkflowStatus.Pending, OrchestrationRuntimeStatus.Pending),
        (WorkflowStatus.Running, OrchestrationRuntimeStatus.Running),
        (WorkflowStatus.Suspended, OrchestrationRuntimeStatus.Suspended),
        (WorkflowStatus.Completed, OrchestrationRuntimeStatus.Completed),
        (WorkflowStatus.Failed, OrchestrationRuntimeStatus.Failed),
        (WorkflowStatus.Terminated, OrchestrationRuntimeStatus.Terminated),
    ];

    /// <param name="run">The run.</param>
    /// <param name="withPayloads">Whether input, output and custom status were asked for.</param>
    public static WorkflowInstance Show(OrchestrationMetadata run, bool withPayloads)
    {
        var status = StatusOf(run.RuntimeStatus);
        return new()
        {
            InstanceId = run.InstanceId,
            Name = run.Name,
            Version = Stamp.VersionOf(run),
            Status = status,
            CreatedAt = run.CreatedAt,
            LastUpdatedAt = run.LastUpdatedAt,
            Input = withPayloads ? run.SerializedInput : null,
            Output = withPayloads ? OutputOf(run, status) : null,
            CustomStatus = withPayloads ? run.SerializedCustomStatus : null,
            Failure = run.FailureDetails is { } failure && status == WorkflowStatus.Failed ? Failures.Of(failure) : null,
        };
    }

    /// <summary>The states to ask for; the port's further ones are never stored.</summary>
    public static List<OrchestrationRuntimeStatus> Ask(IReadOnlyCollection<WorkflowStatus> statuses) =>
        [.. Statuses.Where(row => statuses.Contains(row.Ours)).Select(row => row.Theirs)];

    // The obsolete ContinuedAsNew is a run between two generations; Canceled is never stored.
    static WorkflowStatus StatusOf(OrchestrationRuntimeStatus status) =>
        Statuses.Where(row => row.Theirs == status).Select(row => row.Ours).DefaultIfEmpty(WorkflowStatus.Running).First();

    /// <summary>A failed run has no output; the reason of a termination was handed over as JSON.</summary>
    static string? OutputOf(OrchestrationMetadata run, WorkflowStatus status) => status switch
    {
        WorkflowStatus.Completed => run.SerializedOutput,
        WorkflowStatus.Terminated => ReasonOf(run.SerializedOutput),
        _ => null,
    };

    static string? ReasonOf(string? output)
    {
        try
        {
            return WorkflowPayload.To<string>(output);
        }
        catch (JsonException)
        {
            // Terminated by other means than ours.
            return output;
        }
    }
}
