using Microsoft.DurableTask;

namespace ServerlessSync.Engines.DurableTask;

/// <summary>
/// The door that workflow code is given, over Durable Task's own context. Disposed when the code has returned: Durable Task ends a run only when
/// no task is open, timers among them, so those left behind are cancelled.
/// </summary>
sealed class DurableTaskWorkflowContext(TaskOrchestrationContext inner, WorkflowCatalog catalog) : WorkflowContext, IDisposable
{
    readonly CancellationTokenSource _returned = new();
    readonly ExternalEvents _events = new(inner);
    int _history;
    bool _continued;

    public override string InstanceId => inner.InstanceId;

    public override string Version => inner.Version;

    public override DateTimeOffset CurrentUtcDateTime => new(DateTime.SpecifyKind(inner.CurrentUtcDateTime, DateTimeKind.Utc));

    public override bool IsReplaying => inner.IsReplaying;

    public override async Task<TResult> CallActivityAsync<TResult>(string name, object? input = null)
    {
        var element = Fitting(input, $"Input of activity '{name}'");
        Record(2);
        try
        {
            return Elements.To<TResult>(await inner.CallActivityAsync<JsonElement?>(new TaskName(name), element));
        }
        catch (TaskFailedException e)
        {
            throw AsData(e);
        }
    }

    public override async Task<TResult> CallSubOrchestratorAsync<TResult>(string name, object? input = null, string? instanceId = null)
    {
        var element = Fitting(input, $"Input of workflow '{name}'");
        if (instanceId is not null && !WorkflowLimits.IsInstanceId(instanceId))
        {
            throw new ArgumentException($"'{instanceId}' is no instance id.", nameof(instanceId));
        }

        Record(2);
        try
        {
            return Elements.To<TResult>(await inner.CallSubOrchestratorAsync<JsonElement?>(new TaskName(name), element, Stamp.Child(catalog, name, instanceId)));
        }
        catch (TaskFailedException e)
        {
            throw AsData(e);
        }
    }

    public override async Task CreateTimer(DateTimeOffset fireAt, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Record(2);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _returned.Token);
        try
        {
            await inner.CreateTimer(fireAt.UtcDateTime, ended.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The code has returned: nobody waits for this timer any more, and nothing may go on because of it.
            await new TaskCompletionSource().Task;
        }
    }

    public override Task<TEvent> WaitForExternalEvent<TEvent>(string name, CancellationToken cancellationToken = default)
    {
        Record(1);
        return _events.WaitAsync<TEvent>(name, cancellationToken);
    }

    public override void SendEvent(string instanceId, string eventName, object? payload = null)
    {
        var element = Fitting(payload, $"Event '{eventName}'");
        Record(1);
        inner.SendEvent(instanceId, eventName, element!);
    }

    public override void SetCustomStatus(object? customStatus) => inner.SetCustomStatus(Elements.Of(
        WorkflowPayload.WithinLimit(WorkflowPayload.From(customStatus), WorkflowLimits.CustomStatusBytes, "The custom status")));

    public override void ContinueAsNew(object? newInput, bool preserveUnprocessedEvents = true)
    {
        var element = Fitting(newInput, "Input of the next generation");
        Record(0);
        _continued = true;
        inner.ContinueAsNew(element, preserveUnprocessedEvents);
        if (preserveUnprocessedEvents)
        {
            _events.HandOn();
        }
    }

    public override Guid NewGuid() => inner.NewGuid();

    public override TInput GetInput<TInput>() => Elements.To<TInput>(inner.GetInput<JsonElement?>());

    public void Dispose()
    {
        _returned.Cancel();
        _returned.Dispose();
    }

    static JsonElement? Fitting(object? value, string what) =>
        Elements.Of(WorkflowPayload.WithinLimit(WorkflowPayload.From(value), WorkflowLimits.PayloadBytes, what));

    /// <summary>A terminated child has no details there, whatever the declaration says.</summary>
    static WorkflowTaskFailedException AsData(TaskFailedException e) => new(
        e.TaskName,
        e.FailureDetails is { } details ? Failures.Of(details) : new(typeof(TaskFailedException).FullName!, e.Message));

    /// <summary>Counts the history events that what is asked for makes: its beginning and its end.</summary>
    void Record(int events)
    {
        if (_continued)
        {
            throw new InvalidOperationException("The code must return right after ContinueAsNew.");
        }

        _history += events;
        if (_history > WorkflowLimits.HistoryEvents)
        {
            throw new InvalidOperationException(
                $"A generation holds at most {WorkflowLimits.HistoryEvents} history events; longer work continues as new.");
        }
    }
}
