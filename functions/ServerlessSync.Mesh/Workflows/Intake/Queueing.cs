using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Change;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Intake;

/// <summary>
/// Brings a received event into its identity's lane and starts the run whose turn it is. Whoever meets a row that is still received may
/// call it, at the same time and again: the event enters the lane once and its run starts once. An event that cannot enter one is tried
/// <see cref="MostTries"/> times and then refused, with an owner: it blocks nothing behind it.
/// </summary>
sealed class Queueing(MeshStores stores, MeshConfiguration configuration, LaneStarter starter)
{
    /// <summary>Tries that count are those that failed by a fault which does not pass; a store or an engine that is away is waited for.</summary>
    public const int MostTries = 10;

    /// <summary>Events being recorded at once from which on their senders come first.</summary>
    const int Flood = 8;
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a run is told that events came in behind it, and as often of terminations: each time is some of its history.</summary>
    const int MostTold = 20;

    readonly Correlation _correlation = new(stores);

    /// <summary>Queues the event that lies there, if it is still received.</summary>
    public async Task QueueAsync(InboxKey key, CancellationToken cancellationToken)
    {
        try
        {
            if (await stores.Inbox.FindAsync(key, cancellationToken) is { Status: InboxStatus.Received } row)
            {
                await QueueAsync(key, row.Event, cancellationToken);
            }
        }
        catch (Exception e) when (!IsPassing(e))
        {
            if (!await IsGivenUpAsync(key, e, cancellationToken))
            {
                throw;
            }
        }
    }

    /// <summary>
    /// Waits a moment while many senders wait for their answers. Whoever queues event after event calls it after each, so that a flood is taken
    /// in first, and still no event waits for its end. Measured on the machine's clock, because it is the machine's load that it gives way to.
    /// </summary>
    public Task StepBackAsync(CancellationToken cancellationToken) =>
        stores.Inbox.Accepting < Flood ? Task.CompletedTask : Task.Delay(Moment, TimeProvider.System, cancellationToken);

    async Task QueueAsync(InboxKey key, ChangeEvent change, CancellationToken cancellationToken)
    {
        var found = change.Source == MeshSource.Name
            ? new Correlated(change.Subject, null)
            : await _correlation.FindAsync(change, cancellationToken);
        if (found.IdentityId is not { } identityId)
        {
            await RefuseAsync(key, change, "correlation-conflict", found.Conflict!, cancellationToken);
            return;
        }

        var lane = await stores.Lanes.EnqueueAsync(identityId, change, key, edit => RecordAsync(edit, change, cancellationToken), cancellationToken);
        if (change.Source != MeshSource.Name)
        {
            await _correlation.ConfirmAsync(change, identityId, cancellationToken);
        }

        var run = await starter.AdvanceAsync(identityId, cancellationToken);
        if (run is not null && run.Entry.Inbox != key && IsNews(change.Kind, lane, run.Entry))
        {
            // Before the row is settled: until then whoever meets it tells again.
            await starter.TellAsync(run.Run, cancellationToken);
        }

        await stores.Inbox.SettleAsync(key, r => r with { Status = InboxStatus.Queued, IdentityId = identityId }, cancellationToken);
    }

    /// <summary>
    /// Whether the run at work is told: a look overtakes nobody, and who was told so often knows. What it is not told it sees by itself, a
    /// termination before each effect that gives, anything else before the next attempt at what is still open.
    /// </summary>
    static bool IsNews(ChangeKind kind, Lane lane, LaneEntry atWork) =>
        kind != ChangeKind.Look && (kind == ChangeKind.Terminated ? lane.Epoch - atWork.Epoch : lane.Last - lane.Next) <= MostTold;

    /// <summary>The identity's first record, or the anchors the event adds to it.</summary>
    static async Task RecordAsync(PartitionEdit edit, ChangeEvent change, CancellationToken cancellationToken)
    {
        var record = await edit.ReadAsync<IdentityRecord>(IdentityKeys.Record, cancellationToken);
        var anchors = change.Source == MeshSource.Name ? [] : Correlation.AnchorsOf(change);
        if (record is null)
        {
            edit.Save(IdentityKeys.Record, new IdentityRecord
            {
                Id = edit.Partition,
                Kind = change.IdentityKind,
                Status = IdentityStatus.Pending,
                Anchors = anchors,
                CreatedAt = change.ReceivedAt,
                UpdatedAt = change.ReceivedAt,
            });
        }
        else if (anchors.Except(record.Anchors).ToList() is { Count: > 0 } added)
        {
            edit.Save(IdentityKeys.Record, record with { Anchors = [.. record.Anchors, .. added] });
        }
    }

    /// <summary>What passes by itself, or is a damaged row: whoever called hands that to its owner, and the event waits for it.</summary>
    static bool IsPassing(Exception exception) =>
        exception is OperationCanceledException or EngineOverloadedException or StoreException { Failure: not StoreFailure.Corrupt } or StoreException { Row: not null };

    async Task<bool> IsGivenUpAsync(InboxKey key, Exception cause, CancellationToken cancellationToken)
    {
        if (await stores.Inbox.CountTryAsync(key, cancellationToken) is > 0 and < MostTries)
        {
            return false;
        }

        if (await stores.Inbox.FindAsync(key, cancellationToken) is { Status: InboxStatus.Received } row)
        {
            await RefuseAsync(key, row.Event, "event-failed", $"not queued after {MostTries} tries: {Words.Short(cause.Message)}", cancellationToken);
        }

        return true;
    }

    async Task RefuseAsync(InboxKey key, ChangeEvent change, string kind, string reason, CancellationToken cancellationToken)
    {
        var now = stores.Clock.GetUtcNow();
        await stores.Exceptions.OpenAsync(
            new ExceptionItem(
                $"{kind}:{change.Source}:{change.Id}", kind, null, null, null, configuration.OwnerOf(change.Source), reason, now, now + configuration.Deadlines.Exception)
            {
                Event = new EventReference(change.Source, change.Id),
            },
            cancellationToken);
        await stores.Inbox.SettleAsync(key, r => r with { Status = InboxStatus.Refused, Reason = reason }, cancellationToken);
    }
}
