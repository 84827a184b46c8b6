using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ServerlessSync.Engines.DurableTask.Tests;

/// <summary>An orchestration whose tasks end when the test says so. An event goes to the newest waiter, given up or not, as in Durable Task.</summary>
sealed class FakeOrchestration : TaskOrchestrationContext
{
    readonly Dictionary<string, Stack<Action<JsonElement?>>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    readonly List<string> _log = [];

    public List<(string Name, JsonElement? Input, TaskOptions? Options, TaskCompletionSource<JsonElement?> End)> Calls { get; } = [];

    public List<(DateTime FireAt, TaskCompletionSource End)> Timers { get; } = [];

    public List<(string Instance, string Name, object? Payload)> Sent { get; } = [];

    public List<object?> Statuses { get; } = [];

    public (object? Input, bool Preserve)? Continued { get; private set; }

    public int Waits { get; private set; }

    public IReadOnlyList<string> Log => _log;

    public string Workflow { get; init; } = ScriptedRun.Name;

    public string Stamped { get; init; } = "1";

    public JsonElement? Input { get; init; }

    public bool Replays { get; init; }

    public override TaskName Name => new(Workflow);

    public override string InstanceId => "run-1";

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => new(2026, 3, 1, 12, 0, 0, DateTimeKind.Unspecified);

    public override bool IsReplaying => Replays;

    public override string Version => Stamped;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public override T GetInput<T>() => (T)(object?)Input!;

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        var end = new TaskCompletionSource<JsonElement?>();
        Calls.Add((name.Name, (JsonElement?)input, options, end));
        return (TResult)(object)(await end.Task)!;
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        CallActivityAsync<TResult>(orchestratorName, input, options);

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var end = new TaskCompletionSource();
        Timers.Add((fireAt, end));
        await using var cancellation = cancellationToken.Register(() => end.TrySetCanceled(cancellationToken));
        await end.Task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        Waits++;
        var source = new TaskCompletionSource<T>();
        if (!_waiters.TryGetValue(eventName, out var waiters))
        {
            _waiters.Add(eventName, waiters = new());
        }

        waiters.Push(payload => source.TrySetResult((T)(object)payload!));
        return source.Task;
    }

    public void Raise(string name, string json) => _waiters[name].Pop()(JsonSerializer.Deserialize<JsonElement>(json));

    public override void SendEvent(string instanceId, string eventName, object payload) => Sent.Add((instanceId, eventName, payload));

    public override void SetCustomStatus(object? customStatus) => Statuses.Add(customStatus);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => Continued = (newInput, preserveUnprocessedEvents);

    public override Guid NewGuid() => new("6f0d6b56-0b6b-4a38-9f0e-0f3f0d9a3a11");

    public override ILogger CreateReplaySafeLogger(string categoryName) => new Notes(_log, categoryName);

    sealed class Notes(List<string> log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Add($"{category} {logLevel}: {formatter(state, exception)}");
    }
}
