using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Damage;
using ServerlessSync.Mesh.Workflows.Drifts;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Intake;

/// <summary>
/// Finds what was left lying: events still received, and lanes whose run is unknown, held or has ended. Runs at start, every minute, and sooner
/// when the pump had to leave something. What cannot be read is handed to its owner, and the sweep goes on with the rest.
/// </summary>
sealed partial class Sweep(MeshStores stores, LaneSweep lanes, Queueing queueing, DamagedRows damaged, ILogger logger)
{
    const int AtOnce = 4;
    bool _sawAllSources;

    /// <summary>The sources whose events are looked for.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Looks for drift that waits to be mended.</summary>
    public required DriftSweep Drifts { get; init; }

    /// <summary>One sweep over everything.</summary>
    public async Task RunAsync(IWorkflowClient client, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        var stillDamaged = await damaged.SettleMendedAsync(cancellationToken);
        if (!_sawAllSources)
        {
            // What a process before this one took in counts from the start: one that dies of a flood must not take in as much again each time.
            await CountBacklogAsync(cancellationToken);

            // Once, through the whole inbox: what a source sent before it left mesh.yaml was acknowledged too.
            await ForEachAsync(stores.Inbox.ReadReceivedAsync(cancellationToken), options, QueueAsync);
            _sawAllSources = true;
        }

        foreach (var source in Sources)
        {
            await ForEachAsync(stores.Inbox.ReadReceivedAsync(source, cancellationToken), options, QueueAsync);
        }

        await ForEachAsync(
            stores.Lanes.ReadBusyAsync(cancellationToken), options, (identityId, token) => lanes.SweepAsync(identityId, client, stillDamaged, token));
        await ForEachAsync(Drifts.Targets.ToAsyncEnumerable(), options, Drifts.SweepAsync);
        await CountBacklogAsync(cancellationToken);
    }

    /// <summary>Corrects the backlog by what the store holds: what is still received, and what lies in the lanes.</summary>
    public async Task CountBacklogAsync(CancellationToken cancellationToken)
    {
        var backlog = stores.Inbox.Backlog;
        var (before, found) = (backlog.Count, 0L);
        foreach (var source in Sources)
        {
            await foreach (var _ in stores.Inbox.ReadReceivedAsync(source, cancellationToken))
            {
                found++;
            }
        }

        await foreach (var identityId in stores.Lanes.ReadBusyAsync(cancellationToken))
        {
            found += await CountWaitingAsync(identityId, cancellationToken);
        }

        backlog.Correct(before, (int)Math.Min(found, int.MaxValue / 2));
    }

    /// <summary>A lane that cannot be read has been handed to its owner, and counts as empty.</summary>
    async Task<long> CountWaitingAsync(string identityId, CancellationToken cancellationToken)
    {
        try
        {
            var lane = await stores.Lanes.FindAsync(identityId, cancellationToken);
            return lane.Last - lane.Next + 1;
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            return 0;
        }
    }

    async Task QueueAsync(InboxKey key, CancellationToken cancellationToken)
    {
        await queueing.QueueAsync(key, cancellationToken);
        await queueing.StepBackAsync(cancellationToken);
    }

    Task ForEachAsync<T>(IAsyncEnumerable<T> items, ParallelOptions options, Func<T, CancellationToken, Task> act) =>
        Parallel.ForEachAsync(items, options, async (item, token) =>
        {
            try
            {
                await act(item, token);
            }
            catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
            {
                LogFailed(logger, item?.ToString() ?? string.Empty, e);
                await damaged.ReportAsync(e, token);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(logger, item?.ToString() ?? string.Empty, e);
            }
        });

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "Sweeping {Item} failed; the next sweep tries again")]
    static partial void LogFailed(ILogger logger, string item, Exception exception);
}
