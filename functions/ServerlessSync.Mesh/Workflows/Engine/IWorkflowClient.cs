namespace ServerlessSync.Mesh.Workflows.Engine;

/// <summary>Starts, watches and steers runs, under the names of Durable Task's <c>DurableTaskClient</c>. Inputs and payloads are JSON text.</summary>
/// <remarks>What an accepted call asked for is durable when the call returns.</remarks>
public interface IWorkflowClient
{
    /// <summary>Starts a run, or answers that a run of this id exists already, whatever its state.</summary>
    /// <exception cref="ArgumentException">The workflow is unknown, or id or input break <see cref="WorkflowLimits"/>.</exception>
    /// <exception cref="EngineOverloadedException">Too many runs wait already; nothing was started.</exception>
    Task<StartResult> ScheduleNewOrchestrationInstanceAsync(string name, string? input, string instanceId, CancellationToken cancellationToken);

    /// <summary>One run's state, or null.</summary>
    Task<WorkflowInstance?> GetInstanceAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>One page of runs, in ordinal order of their ids.</summary>
    Task<WorkflowInstancePage> GetAllInstancesAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken);

    /// <summary>Sends an event to a run.</summary>
    /// <exception cref="EngineOverloadedException">Too many events wait for the run already; this one was not taken.</exception>
    Task<SignalResult> RaiseEventAsync(string instanceId, string eventName, string? payload, CancellationToken cancellationToken);

    /// <summary>Lets a run take no further turn until resumed; what is under way ends and is kept.</summary>
    Task<SignalResult> SuspendInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken);

    /// <summary>Lets a suspended run go on.</summary>
    Task<SignalResult> ResumeInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken);

    /// <summary>Stops a run hard, without compensation. The mesh itself never calls this.</summary>
    Task<SignalResult> TerminateInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken);

    /// <summary>Waits until the run has ended.</summary>
    Task<WorkflowInstance> WaitForInstanceCompletionAsync(string instanceId, CancellationToken cancellationToken);
}

/// <summary>The answer to a start.</summary>
public enum StartResult
{
    /// <summary>The run was started by this call.</summary>
    Started,

    /// <summary>A run of this id exists; nothing was started.</summary>
    AlreadyExists,
}

/// <summary>The answer to an event, suspend, resume or terminate.</summary>
public enum SignalResult
{
    /// <summary>It is durably recorded and will reach the run.</summary>
    Accepted,

    /// <summary>There is no such run.</summary>
    NotFound,

    /// <summary>The run has ended.</summary>
    Ended,
}

/// <summary>The engine's queue is full. Try again after a while.</summary>
public sealed class EngineOverloadedException(TimeSpan retryAfter) : Exception("The engine's queue is full.")
{
    /// <summary>When to try again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
