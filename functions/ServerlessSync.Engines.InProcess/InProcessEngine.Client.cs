using ServerlessSync.Engines.InProcess.Replay;

namespace ServerlessSync.Engines.InProcess;

public sealed partial class InProcessEngine
{
    const int ReasonChars = 4096;
    const int RunsPurgedAtOnce = 100;
    static readonly TimeSpan OverloadRetry = TimeSpan.FromSeconds(1);
    static readonly WorkflowStatus[] Unfinished = [WorkflowStatus.Pending, WorkflowStatus.Running, WorkflowStatus.Suspended];

    /// <inheritdoc/>
    public async Task<StartResult> ScheduleNewOrchestrationInstanceAsync(
        string name, string? input, string instanceId, CancellationToken cancellationToken)
    {
        DemandRunning();
        var version = _parts.Catalog.FindVersion(name) ?? throw new ArgumentException($"There is no workflow '{name}'.", nameof(name));

        if (!WorkflowLimits.IsInstanceId(instanceId))
        {
            throw new ArgumentException($"'{instanceId}' is no instance id.", nameof(instanceId));
        }

        WorkflowPayload.Check(input, nameof(input));
        if (!_parts.Table.TryReserve())
        {
            throw new EngineOverloadedException(OverloadRetry);
        }

        var created = New(name, version, input, instanceId);
        return await CreateAsync(created, cancellationToken) ? StartResult.Started : StartResult.AlreadyExists;
    }

    /// <inheritdoc/>
    public async Task<WorkflowInstance?> GetInstanceAsync(string instanceId, CancellationToken cancellationToken)
    {
        try
        {
            return await _parts.History.GetAsync(instanceId, cancellationToken) is { } run ? Show(run) : null;
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            return Unreadable(instanceId, e);
        }
    }

    /// <inheritdoc/>
    public async Task<WorkflowInstancePage> GetAllInstancesAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken)
    {
        if (query.PageSize is < 1 or > 1000)
        {
            throw new ArgumentOutOfRangeException(nameof(query), query.PageSize, "A page has 1 to 1000 runs.");
        }

        // The store knows no held runs: to it they are what they were before.
        var stored = query.Statuses.Contains(WorkflowStatus.Held) ? query with { Statuses = [.. query.Statuses.Union(Unfinished)] } : query;
        var page = await _parts.History.ListAsync(stored, cancellationToken);
        return page with { Instances = [.. page.Instances.Select(Show).Where(run => query.Statuses.Count == 0 || query.Statuses.Contains(run.Status))] };
    }

    /// <inheritdoc/>
    public Task<SignalResult> RaiseEventAsync(string instanceId, string eventName, string? payload, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        WorkflowPayload.Check(payload, nameof(payload));
        if (_parts.Table.IsFull(instanceId))
        {
            throw new EngineOverloadedException(OverloadRetry);
        }

        return SignalAsync(instanceId, new(EventKind.EventReceived) { Name = eventName, Payload = payload }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<SignalResult> SuspendInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        SignalAsync(instanceId, Control(EventKind.Suspended, reason), cancellationToken);

    /// <inheritdoc/>
    public Task<SignalResult> ResumeInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        SignalAsync(instanceId, Control(EventKind.Resumed, reason), cancellationToken);

    /// <inheritdoc/>
    public Task<SignalResult> TerminateInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        SignalAsync(instanceId, Control(EventKind.Terminated, reason), cancellationToken);

    /// <inheritdoc/>
    public Task<WorkflowInstance> WaitForInstanceCompletionAsync(string instanceId, CancellationToken cancellationToken) =>
        _parts.Table.WatchAsync(instanceId, cancellationToken);

    /// <summary>
    /// Removes runs that ended before a moment from the history, in commits of bounded size, and answers how many. Called when what their
    /// ends left to do is done, after a sweep for example: a removed id may be started again.
    /// </summary>
    /// <exception cref="StoreException">The history cannot be written; what was removed before stays removed.</exception>
    public async Task<int> PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken)
    {
        DemandRunning();
        var purged = 0;
        while (await _parts.History.PurgeAsync(endedBefore, RunsPurgedAtOnce, cancellationToken) is var some and > 0)
        {
            purged += some;
        }

        return purged;
    }

    WorkflowInstance Show(WorkflowInstance run) => !run.HasEnded && _parts.Table.FindHeld(run.InstanceId) is { } held
        ? run with { Status = WorkflowStatus.Held, Failure = held.Why }
        : run;

    /// <summary>A run of which nothing but its id can be told.</summary>
    WorkflowInstance Unreadable(string instanceId, StoreException e)
    {
        var held = _parts.Table.FindHeld(instanceId) ?? new(Failures.Damaged(e), _parts.Time.GetUtcNow());
        return new()
        {
            InstanceId = instanceId,
            Name = "unknown",
            Version = "unknown",
            Status = WorkflowStatus.Held,
            CreatedAt = held.Since,
            LastUpdatedAt = held.Since,
            Failure = held.Why,
        };
    }

    static HistoryEvent Control(EventKind kind, string? reason) =>
        new(kind) { Text = reason is { Length: > ReasonChars } ? reason[..ReasonChars] : reason };

    NewInstance New(string name, string version, string? input, string instanceId)
    {
        var now = _parts.Time.GetUtcNow();
        var instance = new WorkflowInstance
        {
            InstanceId = instanceId,
            Name = name,
            Version = version,
            Status = WorkflowStatus.Pending,
            CreatedAt = now,
            LastUpdatedAt = now,
            Input = input,
        };
        return new NewInstance(instance, []);
    }

    async Task<bool> CreateAsync(NewInstance created, CancellationToken cancellationToken)
    {
        var stored = false;
        var expected = _parts.Table.Expect(created.Instance.InstanceId);
        try
        {
            stored = await _parts.History.CreateAsync(created, cancellationToken);
            return stored;
        }
        catch (StoreException e)
        {
            Doubt(created.Instance.InstanceId, e);
            throw;
        }
        finally
        {
            if (stored)
            {
                _parts.Table.Begin(expected, created);
            }
            else
            {
                _parts.Table.GiveUp(expected);
            }
        }
    }

    async Task<SignalResult> SignalAsync(string instanceId, HistoryEvent signal, CancellationToken cancellationToken)
    {
        DemandRunning();
        try
        {
            var receipt = await _parts.History.AddMessageAsync(instanceId, EventCodec.Encode(signal), cancellationToken);
            if (receipt.Result == SignalResult.Accepted)
            {
                _parts.Table.Deliver(instanceId, new(signal, receipt.Number));
            }

            return receipt.Result;
        }
        catch (StoreException e)
        {
            Doubt(instanceId, e);
            throw;
        }
    }

    /// <summary>A write that failed may have been stored all the same: the run is read again.</summary>
    void Doubt(string instanceId, StoreException e)
    {
        if (e.Failure == StoreFailure.Fenced)
        {
            _parts.Halt(e);
        }
        else
        {
            _parts.Table.Reread(instanceId);
        }
    }

    void DemandRunning()
    {
        if (_parts.IsHalted || _parts.Work.IsClosed || !_started)
        {
            throw new InvalidOperationException("The engine is not running.", _parts.Fault);
        }
    }
}
