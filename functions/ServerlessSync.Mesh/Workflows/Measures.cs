using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows;

/// <summary>What governance is measured by.</summary>
/// <param name="ExceptionsOverdue">Exceptions open past their deadline.</param>
/// <param name="OldestLeaver">Since when the oldest termination in a lane was received that is not finished; zero when none is.</param>
public sealed record MeasuredState(int ExceptionsOverdue, TimeSpan OldestLeaver);

/// <summary>Measures what alerts are made on. Reads every open exception and every lane that is not idle; rows that cannot be read are somebody's exception already.</summary>
/// <param name="stores">The stores.</param>
public sealed class Measures(MeshStores stores)
{
    /// <summary>Measures now.</summary>
    /// <exception cref="StoreException">The store cannot be read now.</exception>
    public async Task<MeasuredState> ReadAsync(CancellationToken cancellationToken)
    {
        var now = stores.Clock.GetUtcNow();
        var overdue = 0;
        await foreach (var (_, item) in stores.Exceptions.ReadOpenAsync(null, cancellationToken))
        {
            overdue += item.Deadline < now ? 1 : 0;
        }

        var oldest = now;
        await foreach (var identityId in stores.Lanes.ReadBusyAsync(cancellationToken))
        {
            if (await FirstLeaverAsync(identityId, cancellationToken) is { } received && received < oldest)
            {
                oldest = received;
            }
        }

        return new MeasuredState(overdue, now - oldest);
    }

    /// <summary>When the first termination that is in the lane was received, or null.</summary>
    async Task<DateTimeOffset?> FirstLeaverAsync(string identityId, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var entry in await stores.Lanes.ReadOpenAsync(identityId, cancellationToken))
            {
                if (entry.Kind == ChangeKind.Terminated && await stores.Inbox.FindAsync(entry.Inbox, cancellationToken) is { } row)
                {
                    return row.Event.ReceivedAt;
                }
            }
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            // Its owner has been told, and a leaver behind it is overdue by that exception.
        }

        return null;
    }
}
