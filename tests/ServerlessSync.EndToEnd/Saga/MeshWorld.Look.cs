using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>How a test carries events through and looks at what came of them.</summary>
sealed partial class MeshWorld
{
    static readonly TimeSpan Guard = TimeSpan.FromSeconds(Sweep.Pick(60, 600));

    /// <summary>The stores as they lie beneath the mesh.</summary>
    public MeshStores Seen => new(Rows, Clock);

    /// <summary>Accepts events and carries each through to the end, moving the clock over every wait.</summary>
    public async Task CarryAsync(params ChangeEvent[] events)
    {
        await Stores.Inbox.AcceptAsync(events, CancellationToken.None);
        await SettleAsync();
    }

    /// <summary>Moves the clock from timer to timer until every lane is idle and nothing is left in the inbox.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Guard);
        Lane? at = null;
        try
        {
            while (await UnsettledAsync(limit.Token) is { } lane)
            {
                at = lane;
                await CarryOnAsync(lane, limit.Token);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            var run = at?.Run is { } id ? await History.GetAsync(id, CancellationToken.None) : null;
            throw new InvalidOperationException($"It does not settle: {at}, {run}; next timer {Clock.NextTimer:O}, now {Clock.GetUtcNow():O}", e);
        }
    }

    /// <summary>Moves the clock from timer to timer until the task has ended.</summary>
    public async Task MoveUntilAsync(Task done, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        while (!done.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.WhenAny(done, Clock.WaitForTimerAsync(TimeSpan.FromDays(2), ended.Token));
            if (!done.IsCompleted && Clock.NextTimer is { } next && next < Clock.GetUtcNow() + TimeSpan.FromDays(2))
            {
                Clock.Advance(next - Clock.GetUtcNow());
            }
        }

        await ended.CancelAsync();
        await done;
    }

    /// <summary>Waits until every run has ended: one ends a little after it has freed its lane.</summary>
    public async Task EndRunsAsync()
    {
        using var limit = new CancellationTokenSource(Guard);
        await foreach (var run in History.ReadUnfinishedAsync(limit.Token))
        {
            await MoveUntilAsync(Client.WaitForInstanceCompletionAsync(run, limit.Token), limit.Token);
        }
    }

    public async Task<IReadOnlyList<ExceptionItem>> ExceptionsAsync()
    {
        var open = new List<ExceptionItem>();
        await foreach (var (_, item) in Seen.Exceptions.ReadOpenAsync(null, CancellationToken.None))
        {
            open.Add(item);
        }

        return open;
    }

    public Task<IdentityView?> ViewAsync(string employee) => Seen.Registry.ViewAsync(IdOf(employee), CancellationToken.None);

    /// <summary>What stands on the targets, natively read.</summary>
    public string Standing() => string.Join("; ", Targets.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t =>
        $"{t.Key}: {string.Join(", ", t.Value.Native.Select(a => $"{a.Key} active={a.Value.Active} sessions={a.Value.Sessions} [{string.Join(' ', a.Value.Rights)}]"))}"));

    /// <summary>What is stored of runs, identities and exceptions, and what was done on the targets.</summary>
    public async Task<IReadOnlyList<string>> SnapshotAsync()
    {
        var lines = new List<string>(Script.Effects.Select(e => e.ToString())) { Standing() };
        foreach (var run in (await History.ListAsync(new WorkflowInstanceQuery { PageSize = 1000 }, CancellationToken.None)).Instances)
        {
            var stored = await History.LoadAsync(run.InstanceId, CancellationToken.None);
            lines.Add($"{run.InstanceId} {run.Status} {run.LastUpdatedAt:O} {stored!.Events.Count} events {stored.Messages.Count} messages");
        }

        foreach (var table in new[] { TableNames.Identities, TableNames.Exceptions })
        {
            await foreach (var row in Rows.ScanAsync(table, KeyRange.All, CancellationToken.None))
            {
                lines.Add($"{table} {row.Partition} {row.Key} {row.ETag}");
            }
        }

        return lines;
    }

    async Task CarryOnAsync(Lane lane, CancellationToken cancellationToken)
    {
        try
        {
            if (lane.Run is { } run && await History.GetAsync(run, cancellationToken) is { HasEnded: false })
            {
                await MoveUntilAsync(Client.WaitForInstanceCompletionAsync(run, cancellationToken), cancellationToken);
            }

            await Mesh.SweepOnceAsync(cancellationToken);
        }
        catch (StoreException) when (!cancellationToken.IsCancellationRequested)
        {
            // As in a host, which logs it: what this sweep could not do the next one does.
        }
    }

    async Task<Lane?> UnsettledAsync(CancellationToken cancellationToken)
    {
        // The inbox first: an event leaves it only after its lane is marked busy.
        foreach (var source in new[] { "hr", "mesh" })
        {
            await foreach (var _ in Seen.Inbox.ReadReceivedAsync(source, cancellationToken))
            {
                return Lane.Empty;
            }
        }

        await foreach (var identityId in Seen.Lanes.ReadBusyAsync(cancellationToken))
        {
            if (await Seen.Lanes.FindAsync(identityId, cancellationToken) is { IsIdle: false } lane)
            {
                return lane;
            }
        }

        return null;
    }
}
