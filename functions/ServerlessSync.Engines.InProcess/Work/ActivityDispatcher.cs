using ServerlessSync.Engines.InProcess.Replay;
using ServerlessSync.Engines.InProcess.Runs;

namespace ServerlessSync.Engines.InProcess.Work;

/// <summary>Runs activities on the thread pool, so many at a time, in the order they were asked for.</summary>
/// <param name="catalog">The code.</param>
/// <param name="limit">How many run at the same time.</param>
/// <param name="work">Told of every start and end; once closed nothing is started.</param>
/// <param name="cancelled">Cancelled when the stop has waited long enough, or the lease is lost.</param>
sealed class ActivityDispatcher(WorkflowCatalog catalog, int limit, WorkInProgress work, CancellationToken cancelled)
{
    readonly Lock _gate = new();
    readonly Queue<Call> _waiting = new();
    int _running;

    public void Start(Run run, HistoryEvent scheduled)
    {
        var call = new Call(this, run, scheduled);
        lock (_gate)
        {
            if (_running >= limit)
            {
                _waiting.Enqueue(call);
                return;
            }

            _running++;
        }

        ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: true);
    }

    async Task RunAsync(Call call)
    {
        work.Enter();
        if (!work.IsClosed && await AttemptAsync(call.Scheduled) is { } ended)
        {
            call.Run.Post(new(ended));
        }

        Next();
        work.Leave();
    }

    void Next()
    {
        Call? next;
        lock (_gate)
        {
            if (!_waiting.TryDequeue(out next))
            {
                _running--;
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(next, preferLocal: true);
    }

    /// <summary>The end of the attempt, or null when it was cut short by the stop: then it is made again by the next owner.</summary>
    async Task<HistoryEvent?> AttemptAsync(HistoryEvent scheduled)
    {
        var name = scheduled.Name!;
        if (catalog.FindActivity(name) is not { } activity)
        {
            return HistoryEvent.OfFailure(EventKind.ActivityFailed, scheduled.Id, Failures.UnknownActivity(name));
        }

        try
        {
            var result = await activity(scheduled.Payload, cancelled);
            return WorkflowPayload.Fits(result, WorkflowLimits.PayloadBytes)
                ? new(EventKind.ActivityCompleted) { Id = scheduled.Id, Payload = result }
                : HistoryEvent.OfFailure(
                    EventKind.ActivityFailed, scheduled.Id, Failures.PayloadTooLarge($"The result of activity '{name}'", WorkflowLimits.PayloadBytes));
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            return HistoryEvent.OfFailure(EventKind.ActivityFailed, scheduled.Id, Failures.From(e));
        }
    }

    sealed class Call(ActivityDispatcher dispatcher, Run run, HistoryEvent scheduled) : IThreadPoolWorkItem
    {
        public Run Run => run;

        public HistoryEvent Scheduled => scheduled;

        public void Execute() => _ = dispatcher.RunAsync(this);
    }
}
