using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Engine;

/// <summary>
/// A workflow's only door to the world: the part of Durable Task's <c>TaskOrchestrationContext</c> that every engine keeps, under the same names.
/// </summary>
/// <remarks>
/// Workflow code is sequence only. It is run again from its start whenever the engine rebuilds it from history, so it must take every
/// decision from its input, from what this context returned, and from nothing else; it awaits tasks of this context and combinations of
/// them, never anything else, and never leaves the engine's thread (no <c>ConfigureAwait(false)</c>, no <c>Task.Run</c>).
/// Inputs, results and events are at most <see cref="WorkflowLimits.PayloadBytes"/> as JSON.
/// A run ends when everything it started has ended: activities and child runs that are still under way when its code returns are waited for.
/// </remarks>
public abstract class WorkflowContext
{
    /// <summary>Id of this run.</summary>
    public abstract string InstanceId { get; }

    /// <summary>The version this run began with; the same for its whole life.</summary>
    public abstract string Version { get; }

    /// <summary>The time recorded for the current turn; the same when the turn is run again.</summary>
    public abstract DateTimeOffset CurrentUtcDateTime { get; }

    /// <summary>True while what is run has run before.</summary>
    public abstract bool IsReplaying { get; }

    /// <summary>Runs one attempt of an activity, at least once.</summary>
    /// <exception cref="WorkflowTaskFailedException">The activity threw; the failure is carried as data.</exception>
    public abstract Task<TResult> CallActivityAsync<TResult>(string name, object? input = null);

    /// <summary>Starts a child run and waits for its end.</summary>
    /// <param name="name">Name of the workflow.</param>
    /// <param name="input">Its input.</param>
    /// <param name="instanceId">Its id; null takes one made from this run.</param>
    /// <exception cref="WorkflowTaskFailedException">The child failed or was terminated.</exception>
    public abstract Task<TResult> CallSubOrchestratorAsync<TResult>(string name, object? input = null, string? instanceId = null);

    /// <summary>Waits until the time has come, or until cancelled, which ends the task as cancelled.</summary>
    public abstract Task CreateTimer(DateTimeOffset fireAt, CancellationToken cancellationToken);

    /// <summary>
    /// Waits for an event. Names ignore case; an event that came before is kept; with several waiters the newest gets it.
    /// An event only says "look": it may come twice, and one sent to a run that has ended is lost.
    /// </summary>
    public abstract Task<TEvent> WaitForExternalEvent<TEvent>(string name, CancellationToken cancellationToken = default);

    /// <summary>Sends an event to another run; it is not told whether anybody was there.</summary>
    public abstract void SendEvent(string instanceId, string eventName, object? payload = null);

    /// <summary>Replaces what status queries show of this run; at most 16 KiB as JSON.</summary>
    public abstract void SetCustomStatus(object? customStatus);

    /// <summary>Ends this generation and begins the next with the new input and an empty history; the code must return right after.</summary>
    public abstract void ContinueAsNew(object? newInput, bool preserveUnprocessedEvents = true);

    /// <summary>A new id, the same when the turn is run again.</summary>
    public abstract Guid NewGuid();

    /// <summary>This run's input.</summary>
    public abstract TInput GetInput<TInput>();
}

/// <summary>The limits both engines hold.</summary>
public static class WorkflowLimits
{
    /// <summary>Bytes of an input, result or event as JSON; larger ones travel as a reference and a hash.</summary>
    public const int PayloadBytes = 32 * 1024;

    /// <summary>Levels of nesting of an input, result or event.</summary>
    public const int PayloadDepth = 32;

    /// <summary>Bytes of a custom status as JSON.</summary>
    public const int CustomStatusBytes = 16 * 1024;

    /// <summary>History events of one generation; longer work continues as new.</summary>
    public const int HistoryEvents = 1000;

    /// <summary>Characters of an instance id.</summary>
    public const int InstanceIdChars = 100;

    /// <summary>Whether an engine accepts the id: 1 to 100 characters, no leading '@', usable as a key in every store.</summary>
    public static bool IsInstanceId(string instanceId) =>
        instanceId.Length is > 0 and <= InstanceIdChars && instanceId[0] != '@' && StoreLimits.IsKey(instanceId);
}
