using Microsoft.Extensions.Logging;
using ServerlessSync.Engines.InProcess.Runs;

namespace ServerlessSync.Engines.InProcess;

/// <summary>
/// The local durable engine: runs workflows by replaying their history, one process for one history. What a turn decided is stored in one
/// commit before any of it is done, so a run survives the end of the process at any moment; activities run at least once.
/// </summary>
public sealed partial class InProcessEngine : IWorkflowClient, IAsyncDisposable
{
    readonly EngineParts _parts;
    readonly Lease _lease;
    readonly TakeUp _takeUp;
    readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock _stopGate = new();
    Task? _stop;
    bool _started;

    /// <summary>An engine that is not started yet.</summary>
    /// <exception cref="ArgumentException">Options are out of range; all of them are named.</exception>
    public InProcessEngine(
        IWorkflowHistory history, WorkflowCatalog catalog, InProcessEngineOptions options, TimeProvider time, ILogger<InProcessEngine> logger)
    {
        if (options.Validate() is { Count: > 0 } errors)
        {
            throw new ArgumentException(string.Join(' ', errors), nameof(options));
        }

        _parts = new EngineParts(history, catalog, options, new(time, logger), fault => _completion.TrySetException(fault));
        _lease = new Lease(_parts);
        _takeUp = new TakeUp(_parts);
    }

    /// <summary>Ends when the engine has stopped; faulted when it was halted because it lost its history.</summary>
    public Task Completion => _completion.Task;

    /// <summary>
    /// Becomes the owner of the history and begins to take up every run that has not ended: so many at a time, beside what is started anew.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _lease.AcquireAsync(cancellationToken);
        await foreach (var _ in _parts.History.ReadUnfinishedAsync(cancellationToken))
        {
            _parts.Table.Reserve();
        }

        _started = true;
        _takeUp.Start();
    }

    /// <summary>
    /// Stops in order: nothing new is started, running activities may end within <see cref="InProcessEngineOptions.StopTimeout"/> and are
    /// then cancelled, what has ended is stored, and the lease is released. Cut-off activities run again at the next start. When this ends, nothing
    /// of the engine is under way any more, but for activities that take no notice of their cancellation.
    /// </summary>
    public Task StopAsync()
    {
        lock (_stopGate)
        {
            return _stop ??= StopOnceAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _takeUp.Dispose();
        _parts.Dispose();
    }

    async Task StopOnceAsync()
    {
        await _takeUp.StopAsync();
        if (_started)
        {
            // Halted too: what was under way has been cancelled, and uses stores and targets until it ends.
            await DrainAsync();
        }

        _lease.Dispose();
        var halted = _parts.IsHalted;
        _parts.Halt(null);
        if (_started && !halted)
        {
            await ReleaseAsync();
        }

        _completion.TrySetResult();
    }

    async Task DrainAsync()
    {
        var drained = _parts.Work.CloseAsync();
        try
        {
            await drained.WaitAsync(_parts.Options.StopTimeout, _parts.Time);
        }
        catch (TimeoutException)
        {
            _parts.Log.StopTimedOut();
            _parts.CancelActivities();
            await drained.WaitAsync(_parts.Options.StopTimeout, _parts.Time).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    async Task ReleaseAsync()
    {
        try
        {
            await _parts.History.ReleaseAsync(CancellationToken.None);
        }
        catch (StoreException e)
        {
            _parts.Log.NotReleased(e);
        }
    }
}
