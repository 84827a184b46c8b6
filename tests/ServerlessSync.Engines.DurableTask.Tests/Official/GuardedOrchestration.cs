using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrchestratorThread = global::DurableTask.Core.OrchestrationContext;

namespace ServerlessSync.Engines.DurableTask.Tests.Official;

/// <summary>
/// What Durable Functions puts between Durable Task and the code of an orchestration, and what it refuses there: code that waits before it has
/// touched its context, touches it from another thread than the orchestrator's, or ends on one
/// (<see href="https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-code-constraints"/>).
/// </summary>
sealed class GuardedOrchestration : TaskOrchestrationContext
{
    readonly TaskOrchestrationContext _inner;
    bool _touched;

    GuardedOrchestration(TaskOrchestrationContext inner) => _inner = inner;

    public override TaskName Name => _inner.Name;

    public override string InstanceId => _inner.InstanceId;

    public override ParentOrchestrationInstance? Parent => _inner.Parent;

    public override DateTime CurrentUtcDateTime => _inner.CurrentUtcDateTime;

    public override bool IsReplaying => _inner.IsReplaying;

    public override string Version => _inner.Version;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    /// <summary>Runs the code of an orchestration.</summary>
    /// <exception cref="InvalidOperationException">It did what Durable Functions refuses.</exception>
    public static async Task<T> RunAsync<T>(TaskOrchestrationContext context, Func<TaskOrchestrationContext, Task<T>> code)
    {
        var guarded = new GuardedOrchestration(context);
        var run = code(guarded);
        if (!run.IsCompleted && !guarded._touched)
        {
            throw new InvalidOperationException("The code waits before it has touched its context.");
        }

        var result = await run;
        Check();
        return result;
    }

    public override T GetInput<T>() => Touch().GetInput<T>()!;

    public override Guid NewGuid() => Touch().NewGuid();

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
        Touch().CallActivityAsync<TResult>(name, input, options);

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        Touch().CallSubOrchestratorAsync<TResult>(orchestratorName, input, options);

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) => Touch().CreateTimer(fireAt, cancellationToken);

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        Touch().WaitForExternalEvent<T>(eventName, cancellationToken);

    public override void SendEvent(string instanceId, string eventName, object payload) => Touch().SendEvent(instanceId, eventName, payload);

    public override void SetCustomStatus(object? customStatus) => Touch().SetCustomStatus(customStatus);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        Touch().ContinueAsNew(newInput, preserveUnprocessedEvents);

    static void Check()
    {
        if (!OrchestratorThread.IsOrchestratorThread)
        {
            throw new InvalidOperationException("The code has left the orchestrator's thread.");
        }
    }

    TaskOrchestrationContext Touch()
    {
        Check();
        _touched = true;
        return _inner;
    }
}
