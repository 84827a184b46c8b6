using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Intake;

/// <summary>
/// Finds what was left lying: events still received, and lanes whose run is unknown or has ended. Runs at start, every minute, and sooner when
/// the pump had to leave something.
/// </summary>
sealed partial class Sweep(MeshStores stores, MeshConfiguration configuration, Queueing queueing, LaneStarter starter, ILogger logger)
{
    const int AtOnce = 4;
    bool _sawAllSources;

    /// <summary>One sweep over everything.</summary>
    public async Task RunAsync(IWorkflowClient client, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        if (!_sawAllSources)
        {
            // Once, through the whole inbox: what a source sent before it left mesh.yaml was acknowledged too.
            await ForEachAsync(stores.Inbox.ReadReceivedAsync(cancellationToken), options, QueueAsync);
            _sawAllSources = true;
        }

        foreach (var source in configuration.Sources.Keys.Append(MeshSource.Name))
        {
            await ForEachAsync(stores.Inbox.ReadReceivedAsync(source, cancellationToken), options, QueueAsync);
        }

        await ForEachAsync(
            stores.Lanes.ReadBusyAsync(cancellationToken), options, (identityId, token) => SweepLaneAsync(identityId, client, token));
        await CountBacklogAsync(cancellationToken);
    }

    /// <summary>Corrects the backlog by what the store holds: what is still received, and what lies in the lanes.</summary>
    public async Task CountBacklogAsync(CancellationToken cancellationToken)
    {
        var backlog = stores.Inbox.Backlog;
        var (before, found) = (backlog.Count, 0L);
        foreach (var source in configuration.Sources.Keys.Append(MeshSource.Name))
        {
            await foreach (var _ in stores.Inbox.ReadReceivedAsync(source, cancellationToken))
            {
                found++;
            }
        }

        await foreach (var identityId in stores.Lanes.ReadBusyAsync(cancellationToken))
        {
            var lane = await stores.Lanes.FindAsync(identityId, cancellationToken);
            found += lane.Last - lane.Next + 1;
        }

        backlog.Correct(before, (int)Math.Min(found, int.MaxValue / 2));
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
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(logger, item?.ToString() ?? string.Empty, e);
            }
        });

    async Task SweepLaneAsync(string identityId, IWorkflowClient client, CancellationToken cancellationToken)
    {
        var lane = await stores.Lanes.FindAsync(identityId, cancellationToken);
        var instance = lane.Run is { } run ? await client.GetInstanceAsync(run, cancellationToken) : null;
        if (instance is { HasEnded: true })
        {
            await ConcludeAsync(identityId, instance.InstanceId, instance, cancellationToken);
        }
        else if (instance is { Status: WorkflowStatus.Suspended } && await IsLeavingAsync(identityId, cancellationToken))
        {
            await client.ResumeInstanceAsync(instance.InstanceId, "a termination waits for it", cancellationToken);
        }
        else if (lane.IsIdle)
        {
            // Clears the mark of a lane that became idle while its last event was being queued.
            await stores.Lanes.CompleteAsync(identityId, string.Empty, _ => Task.CompletedTask, cancellationToken);
        }

        await starter.AdvanceAsync(identityId, cancellationToken);
    }

    /// <summary>A run that ended without freeing its lane failed or was stopped hard: its event is somebody's exception, and the lane goes on.</summary>
    async Task ConcludeAsync(string identityId, string run, WorkflowInstance ended, CancellationToken cancellationToken)
    {
        if (await stores.Lanes.AdvanceAsync(identityId, cancellationToken) is not { } atWork || atWork.Run != run)
        {
            return;
        }

        var row = await FindReadableAsync(atWork.Entry.Inbox, cancellationToken);
        var now = stores.Clock.GetUtcNow();
        var reason = $"run {run} ended as {ended.Status}: {ended.Failure?.ErrorMessage ?? ended.Output}";
        if (ended.Status != WorkflowStatus.Completed)
        {
            await stores.Exceptions.OpenAsync(
                new ExceptionItem($"{run}:run-failed", "run-failed", identityId, null, run, configuration.OwnerOf("default"), reason, now, now + configuration.Deadlines.Exception)
                {
                    Event = row is null ? null : new EventReference(row.Event.Source, row.Event.Id),
                },
                cancellationToken);
            await TakeUpAgainAsync(identityId, run, ended, row, cancellationToken);
            if (row is not null)
            {
                await stores.Inbox.SettleAsync(atWork.Entry.Inbox, r => r with { Status = InboxStatus.Refused, Run = run, Reason = reason }, cancellationToken);
            }
        }

        await stores.Lanes.CompleteAsync(identityId, run, _ => Task.CompletedTask, cancellationToken);
    }

    /// <summary>The event of a run that failed, or null when its row is damaged or gone: its lane goes on all the same.</summary>
    async Task<InboxRow?> FindReadableAsync(InboxKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await stores.Inbox.FindAsync(key, cancellationToken);
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            return null;
        }
    }

    /// <summary>Whether a termination is at work in the lane or waits in it: no operator may hold that up by suspending a run.</summary>
    async Task<bool> IsLeavingAsync(string identityId, CancellationToken cancellationToken)
    {
        var lane = await stores.Lanes.FindAsync(identityId, cancellationToken);
        return await stores.Lanes.AdvanceAsync(identityId, cancellationToken) is { } atWork
            && (atWork.Entry.Kind == ChangeKind.Terminated || lane.Epoch > atWork.Entry.Epoch);
    }

    /// <summary>
    /// A run that failed is taken up again once, and as often as it takes for somebody who has left or is suspended: they do not wait for a person.
    /// One an operator stopped is not.
    /// </summary>
    async Task TakeUpAgainAsync(string identityId, string run, WorkflowInstance ended, InboxRow? failed, CancellationToken cancellationToken)
    {
        var ends = (await stores.Registry.FindAsync(identityId, cancellationToken))?.Status is IdentityStatus.Terminated or IdentityStatus.Suspended;
        if (ended.Status == WorkflowStatus.Failed && (ends || failed?.Event.Again is null))
        {
            await stores.Inbox.AcceptAsync([MeshSource.Look(identityId, $"again-{run}", stores.Clock.GetUtcNow(), again: run)], cancellationToken);
        }
    }

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "Sweeping {Item} failed; the next sweep tries again")]
    static partial void LogFailed(ILogger logger, string item, Exception exception);
}
