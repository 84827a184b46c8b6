using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Mesh.Workflows.Intake;
using ServerlessSync.Web.Ops;

namespace ServerlessSync.Web.Tests.Host;

/// <summary>An inbox in memory that can be made to fail.</summary>
sealed class FakeInbox : IEventInbox
{
    readonly ConcurrentDictionary<(string, string), ChangeEvent> _events = new();
    readonly Channel<int> _entered = Channel.CreateUnbounded<int>();
    int _inside;
    int _mostInside;

    public IReadOnlyList<ChangeEvent> Events => [.. _events.Values.OrderBy(e => e.Id, StringComparer.Ordinal)];

    public Exception? Failure { get; set; }

    public bool HasRoom { get; set; } = true;

    /// <summary>When set, accepting waits for it.</summary>
    public TaskCompletionSource? Hold { get; set; }

    public TaskCompletionSource Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Most calls that were inside at once.</summary>
    public int MostInside => Volatile.Read(ref _mostInside);

    /// <summary>Waits until so many more calls have come in.</summary>
    public async Task WaitForCallsAsync(int calls)
    {
        for (; calls > 0; calls--)
        {
            await _entered.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(2));
        }
    }

    public async Task<IReadOnlyList<bool>> AcceptAsync(IReadOnlyList<ChangeEvent> events, CancellationToken cancellationToken)
    {
        var inside = Interlocked.Increment(ref _inside);
        InterlockedMax(inside);
        _entered.Writer.TryWrite(inside);
        Called.TrySetResult();
        try
        {
            // A store that has taken the work does not let go of it when its caller leaves.
            await (Hold?.Task ?? Task.CompletedTask);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }

        return Failure is null ? [.. events.Select(e => _events.TryAdd((e.Source, e.Id), e))] : throw Failure;
    }

    void InterlockedMax(int inside)
    {
        for (var most = MostInside; inside > most; most = MostInside)
        {
            Interlocked.CompareExchange(ref _mostInside, inside, most);
        }
    }
}

/// <summary>An engine that remembers what it was asked.</summary>
sealed class FakeEngine : IWorkflowClient
{
    public Dictionary<string, WorkflowInstance> Instances { get; } = [];

    public List<string> Calls { get; } = [];

    public WorkflowInstanceQuery? LastQuery { get; private set; }

    public string? NextToken { get; set; }

    public Exception? Failure { get; set; }

    public Task<StartResult> ScheduleNewOrchestrationInstanceAsync(string name, string? input, string instanceId, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The API starts nothing by itself.");

    public Task<WorkflowInstance?> GetInstanceAsync(string instanceId, CancellationToken cancellationToken) =>
        Failure is null ? Task.FromResult(Instances.GetValueOrDefault(instanceId)) : throw Failure;

    public Task<WorkflowInstancePage> GetAllInstancesAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken)
    {
        LastQuery = query;
        return query.ContinuationToken == "foreign"
            ? throw new ArgumentException("not a token", nameof(query))
            : Task.FromResult(new WorkflowInstancePage([.. Instances.Values.Take(query.PageSize)], NextToken));
    }

    public Task<SignalResult> RaiseEventAsync(string instanceId, string eventName, string? payload, CancellationToken cancellationToken) =>
        Signal(instanceId, $"raise {instanceId} {eventName} {payload}");

    public Task<SignalResult> SuspendInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        Signal(instanceId, $"suspend {instanceId} {reason}");

    public Task<SignalResult> ResumeInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        Signal(instanceId, $"resume {instanceId} {reason}");

    public Task<SignalResult> TerminateInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        Signal(instanceId, $"terminate {instanceId} {reason}");

    public Task<WorkflowInstance> WaitForInstanceCompletionAsync(string instanceId, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The API waits for nothing.");

    Task<SignalResult> Signal(string instanceId, string call)
    {
        if (!Instances.TryGetValue(instanceId, out var instance))
        {
            return Task.FromResult(SignalResult.NotFound);
        }

        if (instance.HasEnded)
        {
            return Task.FromResult(SignalResult.Ended);
        }

        Calls.Add(call);
        return Task.FromResult(SignalResult.Accepted);
    }
}

/// <summary>The ports the mesh implements.</summary>
sealed class FakePorts(FakeEngine engine) : IStartRequests, IOperatorRecorder, IReplayRequests, IOpsReader, IReconciliationRequests, IDriftDecisions
{
    public StartOutcome Outcome { get; set; } = new(StartDecision.Accepted, "made-id");

    public List<string> Started { get; } = [];

    public Exception? RecordFailure { get; set; }

    public Task<StartOutcome> StartAsync(string workflow, string? instanceId, JsonElement input, string requestedBy, CancellationToken cancellationToken)
    {
        Started.Add($"{workflow} {instanceId} {(input.ValueKind == JsonValueKind.Undefined ? "-" : input.GetRawText())} {requestedBy}");
        return Task.FromResult(Outcome.InstanceId is null || instanceId is null ? Outcome : Outcome with { InstanceId = instanceId });
    }

    public ReplayAnswer Replayed { get; set; } = new(ReplayDecision.Taken, new("hr", "replay-1"));

    public Task<ReplayAnswer> ReplayAsync(string exceptionId, string requestedBy, CancellationToken cancellationToken)
    {
        Started.Add($"replay {exceptionId} {requestedBy}");
        return Task.FromResult(Replayed);
    }

    public ReconciliationAnswer Compared { get; set; } = new(ReconciliationDecision.Started, "run-1");

    public DriftDecisionAnswer Decided { get; set; } = new(DriftDecisionOutcome.Taken);

    public List<DriftDecisionRequest> Decisions { get; } = [];

    public Task<bool> IsUnderWayAsync(string target, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task EndDeadAsync(string target, CancellationToken cancellationToken) => Task.CompletedTask;

    Task<ReconciliationAnswer> IReconciliationRequests.StartAsync(ReconciliationRequest request, CancellationToken cancellationToken)
    {
        Started.Add($"compare {request.Target} {(request.DryRun ? "dry" : "real")}{(request.Mode == ReconciliationMode.Changes ? " changes" : "")} {request.AskedBy} {request.Run}");
        return Task.FromResult(Compared);
    }

    public Task<ReconciliationAnswer> ApplyAsync(string target, string planHash, string askedBy, CancellationToken cancellationToken)
    {
        Started.Add($"apply {target} {planHash} {askedBy}");
        return Task.FromResult(Compared);
    }

    public PauseAnswer Paused { get; set; } = new(PauseOutcome.Done, "run-1");

    public Task<PauseAnswer> PauseAsync(string target, string askedBy, CancellationToken cancellationToken)
    {
        Started.Add($"pause {target} {askedBy}");
        return Task.FromResult(Paused);
    }

    public Task<PauseAnswer> ResumeAsync(string target, string askedBy, CancellationToken cancellationToken)
    {
        Started.Add($"resume {target} {askedBy}");
        return Task.FromResult(Paused);
    }

    public Task<DriftDecisionAnswer> DecideAsync(DriftDecisionRequest request, CancellationToken cancellationToken)
    {
        Decisions.Add(request);
        return Task.FromResult(Decided);
    }

    public Task RecordAsync(RunSignal signal, string requestedBy, CancellationToken cancellationToken) =>
        Record($"record {signal.Asks} {signal.Run} {signal.Event}{signal.Reason} {requestedBy}");

    public Task RecordHardStopAsync(string instanceId, string? reason, string requestedBy, CancellationToken cancellationToken) =>
        Record($"record hard stop {instanceId} {reason} {requestedBy}");

    public Task<OpsPage> ListIdentitiesAsync(int top, string? continuationToken, CancellationToken cancellationToken) =>
        continuationToken == "foreign" ? throw new ArgumentException("not a token", nameof(continuationToken)) : Page($"{top}{continuationToken}");

    public Task<ReadOnlyMemory<byte>?> FindIdentityAsync(string id, CancellationToken cancellationToken) =>
        Task.FromResult<ReadOnlyMemory<byte>?>(id == "hr:100" ? """{"id":"hr:100"}"""u8.ToArray() : null);

    public async Task<OpsPage> ListExceptionsAsync(int top, string? continuationToken, CancellationToken cancellationToken) =>
        await Page($"exception{top}") with { Damaged = continuationToken == "damaged" ? [new RowAddress("exceptions", "p", "x-1")] : [] };

    Task Record(string call)
    {
        engine.Calls.Add(call);
        return RecordFailure is null ? Task.CompletedTask : throw RecordFailure;
    }

    static Task<OpsPage> Page(string id) =>
        Task.FromResult(new OpsPage([Encoding.UTF8.GetBytes($$"""{"id":"{{id}}"}"""), """{"id":"b"}"""u8.ToArray()], "next\""));
}
