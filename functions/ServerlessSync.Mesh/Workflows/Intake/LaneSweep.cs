using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Damage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Intake;

/// <summary>Looks at one lane: goes on where its run is unknown or has ended, and tells an owner where it is held.</summary>
sealed class LaneSweep(MeshStores stores, MeshConfiguration configuration, LaneStarter starter)
{
    /// <summary>An entry that was begun anew this often without coming through has another cause than the one it was begun anew for.</summary>
    const int MostRepeats = 10;

    /// <summary>Id of the exception of a run that is held.</summary>
    public static string HeldId(string run) => $"{run}:held";

    /// <summary>Sweeps the lane of an identity.</summary>
    /// <param name="identityId">The identity.</param>
    /// <param name="client">The engine.</param>
    /// <param name="damaged">Ids of the exceptions of rows that are damaged now.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task SweepAsync(string identityId, IWorkflowClient client, IReadOnlyList<string> damaged, CancellationToken cancellationToken)
    {
        var lane = await stores.Lanes.FindAsync(identityId, cancellationToken);
        var instance = lane.Run is { } run ? await client.GetInstanceAsync(run, cancellationToken) : null;
        switch (instance)
        {
            case { HasEnded: true, Failure: { } failure } when DamagedRowException.Is(failure) && lane.Repeats < MostRepeats:
                if (!damaged.Any(id => DamagedRowException.IsOf(failure, id)))
                {
                    await stores.Lanes.RepeatAsync(identityId, instance.InstanceId, cancellationToken);
                    break;
                }

                if (!await IsBeforeLeaverAsync(identityId, cancellationToken))
                {
                    // The row is its owner's exception. The event keeps its place, and is begun anew once the row can be read.
                    return;
                }

                await ConcludeAsync(identityId, lane.Repeats, instance, cancellationToken);
                break;
            case { HasEnded: true, Failure: { } failure } when StoreAwayException.Is(failure) && lane.Repeats < MostRepeats:
                await BeginAnewAsync(identityId, lane, instance, cancellationToken);
                break;
            case { HasEnded: true }:
                await ConcludeAsync(identityId, lane.Repeats, instance, cancellationToken);
                break;
            case { Status: WorkflowStatus.Held }:
                await HandOverAsync(identityId, lane, instance, cancellationToken);
                break;
            case { Status: WorkflowStatus.Suspended } when await IsLeavingAsync(identityId, cancellationToken):
                await client.ResumeInstanceAsync(instance.InstanceId, "a termination waits for it", cancellationToken);
                break;
            default:
                if (lane.IsIdle)
                {
                    // Clears the mark of a lane that became idle while its last event was being queued.
                    await stores.Lanes.CompleteAsync(identityId, string.Empty, _ => Task.CompletedTask, cancellationToken);
                }

                break;
        }

        await starter.AdvanceAsync(identityId, cancellationToken);
    }

    /// <summary>
    /// A run that could not wait on for the store decided nothing: its event keeps its place and is begun anew, now that the store answers. Until
    /// that has come to its end it is somebody's, because what the run before left undone is so only by accident.
    /// </summary>
    async Task BeginAnewAsync(string identityId, Lane lane, WorkflowInstance ended, CancellationToken cancellationToken)
    {
        var next = Lanes.RunId(identityId, lane.Next, lane.Repeats + 1);
        var reason = $"run {ended.InstanceId} could not wait on for the store; its event is begun anew: {ended.Failure?.ErrorMessage}";
        await OpenAsync(HeldId(next), "store-away", identityId, next, reason, null, cancellationToken);
        await stores.Exceptions.SettleAsync(identityId, HeldId(ended.InstanceId), $"begun anew by run {next}", cancellationToken);
        await stores.Lanes.RepeatAsync(identityId, ended.InstanceId, cancellationToken);
    }

    /// <summary>
    /// A held run is somebody's exception and its lane waits for it. No termination does: the entry is begun anew by another run, and the held
    /// one, should it come back, finds that the lane is no longer its own.
    /// </summary>
    async Task HandOverAsync(string identityId, Lane lane, WorkflowInstance held, CancellationToken cancellationToken)
    {
        await OpenAsync(HeldId(held.InstanceId), "run-held", identityId, held.InstanceId, $"run {held.InstanceId} is held: {held.Failure?.ErrorMessage}", null, cancellationToken);
        if (lane.Repeats < MostRepeats && await IsLeavingAsync(identityId, cancellationToken))
        {
            await stores.Lanes.RepeatAsync(identityId, held.InstanceId, cancellationToken);
        }
    }

    /// <summary>
    /// A run that ended without freeing its lane failed, was stopped hard, or is another life's under the same id. It is somebody's exception, and
    /// the lane goes on: with the same event while somebody is owed their end or nothing was done for it, with the next one otherwise.
    /// </summary>
    async Task ConcludeAsync(string identityId, int repeats, WorkflowInstance ended, CancellationToken cancellationToken)
    {
        var run = ended.InstanceId;
        if (await stores.Lanes.AdvanceAsync(identityId, cancellationToken) is not { } atWork || atWork.Run != run)
        {
            return;
        }

        await stores.Exceptions.SettleAsync(identityId, HeldId(run), $"the run ended as {ended.Status}", cancellationToken);
        var owed = await IsOwedAsync(atWork, ended, cancellationToken);
        if ((owed || ended.Status == WorkflowStatus.Completed) && repeats < MostRepeats)
        {
            if (owed)
            {
                await OpenAsync(FailedId(run), "run-failed", identityId, run, $"{Told(ended)}; it is begun anew", null, cancellationToken);
            }

            await stores.Lanes.RepeatAsync(identityId, run, cancellationToken);
            return;
        }

        var row = await FindReadableAsync(atWork.Entry.Inbox, cancellationToken);
        var reason = Told(ended) + (owed ? $"; not begun anew after {repeats} times: the person may still have access" : string.Empty);
        await OpenAsync(FailedId(run), "run-failed", identityId, run, reason, row?.Event, cancellationToken);
        await TakeUpAgainAsync(identityId, run, ended, row, cancellationToken);
        if (row is not null)
        {
            await stores.Inbox.SettleAsync(atWork.Entry.Inbox, r => r with { Status = InboxStatus.Refused, Run = run, Reason = reason }, cancellationToken);
        }

        await stores.Lanes.CompleteAsync(identityId, run, _ => Task.CompletedTask, cancellationToken);
    }

    static string FailedId(string run) => $"{run}:run-failed";

    static string Told(WorkflowInstance ended) => $"run {ended.InstanceId} ended as {ended.Status}: {ended.Failure?.ErrorMessage ?? ended.Output}";

    /// <summary>
    /// Whether somebody's end was lost with the run: it was stopped hard, or failed before that end was recorded. A termination that waits behind it
    /// may be stale and settles nothing; what is recorded is taken up again by a look.
    /// </summary>
    async Task<bool> IsOwedAsync(LaneRun atWork, WorkflowInstance ended, CancellationToken cancellationToken)
    {
        var status = (await stores.Registry.FindAsync(atWork.IdentityId, cancellationToken))?.Status;
        var isEnded = status is IdentityStatus.Terminated or IdentityStatus.Suspended;
        return (ended.Status, atWork.Entry.Kind) switch
        {
            (WorkflowStatus.Terminated, ChangeKind.Terminated or ChangeKind.Suspended) => true,
            (WorkflowStatus.Terminated, ChangeKind.Look) => isEnded,
            (WorkflowStatus.Failed, ChangeKind.Terminated) => status != IdentityStatus.Terminated,
            (WorkflowStatus.Failed, ChangeKind.Suspended) => !isEnded,
            _ => false,
        };
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

    /// <summary>Whether a termination waits behind the entry at work.</summary>
    async Task<bool> IsBeforeLeaverAsync(string identityId, CancellationToken cancellationToken)
    {
        var lane = await stores.Lanes.FindAsync(identityId, cancellationToken);
        return await stores.Lanes.AdvanceAsync(identityId, cancellationToken) is { } atWork && lane.Epoch > atWork.Entry.Epoch;
    }

    /// <summary>
    /// Whether a termination is at work in the lane, is taken up again or waits in it: no operator may hold that up by suspending a run.
    /// </summary>
    async Task<bool> IsLeavingAsync(string identityId, CancellationToken cancellationToken)
    {
        var lane = await stores.Lanes.FindAsync(identityId, cancellationToken);
        if (await stores.Lanes.AdvanceAsync(identityId, cancellationToken) is not { } atWork)
        {
            return false;
        }

        return atWork.Entry.Kind == ChangeKind.Terminated
            || lane.Epoch > atWork.Entry.Epoch
            || (atWork.Entry.Kind == ChangeKind.Look
                && (await stores.Registry.FindAsync(identityId, cancellationToken))?.Status == IdentityStatus.Terminated);
    }

    /// <summary>
    /// A run that failed is taken up again once, and as often as it takes for somebody who has left or is suspended: they do not wait for a person.
    /// One an operator stopped is not: <see cref="IsOwedAsync"/>.
    /// </summary>
    async Task TakeUpAgainAsync(string identityId, string run, WorkflowInstance ended, InboxRow? failed, CancellationToken cancellationToken)
    {
        var ends = (await stores.Registry.FindAsync(identityId, cancellationToken))?.Status is IdentityStatus.Terminated or IdentityStatus.Suspended;
        if (ended.Status == WorkflowStatus.Failed && (ends || failed?.Event.Again is null))
        {
            await stores.Inbox.AcceptAsync([MeshSource.Look(identityId, $"again-{run}", stores.Clock.GetUtcNow(), again: run)], cancellationToken);
        }
    }

    async Task OpenAsync(
        string id, string kind, string identityId, string run, string reason, ChangeEvent? about, CancellationToken cancellationToken)
    {
        var now = stores.Clock.GetUtcNow();
        await stores.Exceptions.OpenAsync(
            new ExceptionItem(id, kind, identityId, null, run, configuration.OwnerOf("default"), reason, now, now + configuration.Deadlines.Exception)
            {
                Event = about is null ? null : new EventReference(about.Source, about.Id),
            },
            cancellationToken);
    }
}
