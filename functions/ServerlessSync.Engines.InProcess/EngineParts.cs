using Microsoft.Extensions.Logging;
using ServerlessSync.Engines.InProcess.Runs;
using ServerlessSync.Engines.InProcess.Work;

namespace ServerlessSync.Engines.InProcess;

/// <summary>What the runs of one engine share.</summary>
sealed class EngineParts : IDisposable
{
    readonly CancellationTokenSource _cancelActivities = new();
    readonly Action<Exception> _halted;
    int _halts;

    public EngineParts(IWorkflowHistory history, WorkflowCatalog catalog, InProcessEngineOptions options, Clockwork clockwork, Action<Exception> halted)
    {
        History = history;
        Catalog = catalog;
        Options = options;
        Time = clockwork.Time;
        Log = new EngineLog(clockwork.Logger);
        _halted = halted;
        Table = new RunTable(this);
        Activities = new ActivityDispatcher(catalog, options.MaxConcurrentActivities, Work, _cancelActivities.Token);
        Timers = new TimerQueue(Time, (run, id, due) => Table.Deliver(run, new(new(Replay.EventKind.TimerFired) { Id = id, Ticks = due })));
    }

    public IWorkflowHistory History { get; }

    public WorkflowCatalog Catalog { get; }

    public InProcessEngineOptions Options { get; }

    public TimeProvider Time { get; }

    public EngineLog Log { get; }

    public RunTable Table { get; }

    public ActivityDispatcher Activities { get; }

    public TimerQueue Timers { get; }

    public WorkInProgress Work { get; } = new();

    /// <summary>Whether nothing may be done any more.</summary>
    public bool IsHalted => Volatile.Read(ref _halts) > 0;

    /// <summary>Why the engine was halted, when it was not stopped in order.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Stops everything at once: no turn is taken and no effect started after this.</summary>
    public void Halt(Exception? fault)
    {
        if (Interlocked.Increment(ref _halts) > 1)
        {
            return;
        }

        Fault = fault;
        _ = Work.CloseAsync();
        Timers.Dispose();
        CancelActivities();
        Table.Abandon();
        if (fault is not null)
        {
            Log.Halted(fault);
            _halted(fault);
        }
    }

    public void CancelActivities() => _ = _cancelActivities.CancelAsync();

    /// <summary>How long to wait after so many failures of the store in a row.</summary>
    public TimeSpan BackOff(int failures) => Options.StoreRetryDelay * Math.Pow(2, Math.Min(6, failures));

    /// <summary>Does something after a while.</summary>
    public void Later(TimeSpan delay, Action action)
    {
        ITimer? timer = null;
        timer = Time.CreateTimer(
            _ =>
            {
                timer!.Dispose();
                action();
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _cancelActivities.Dispose();
}

/// <summary>The clock and the log.</summary>
sealed record Clockwork(TimeProvider Time, ILogger Logger);
