using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;

namespace ServerlessSync.Benchmarks.Intake;

/// <summary>What was accepted and is not yet carried to the targets.</summary>
sealed class Backlog(MeshStores stores)
{
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan Most = TimeSpan.FromMinutes(2);

    /// <summary>Waits until every event has been carried to its end.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        var began = stores.Clock.GetTimestamp();
        while (await HasReceivedAsync(cancellationToken) || await HasBusyLaneAsync(cancellationToken))
        {
            if (stores.Clock.GetElapsedTime(began) > Most)
            {
                throw new TimeoutException($"The backlog was not drained within {Most.TotalSeconds} s.");
            }

            await Task.Delay(BetweenLooks, stores.Clock, cancellationToken);
        }
    }

    /// <summary>Every event of that number, from 0 on, lies in the inbox and has been acted on.</summary>
    public async Task CheckAsync(int events, CancellationToken cancellationToken)
    {
        for (var number = 0; number < events; number++)
        {
            var id = SignedRequests.IdOf(number);
            var row = await stores.Inbox.FindAsync(Inbox.KeyOf(HrYaml.Source, id), cancellationToken);
            if (row is not { Status: InboxStatus.Applied or InboxStatus.Stale })
            {
                throw new InvalidOperationException($"Event '{id}' was accepted and is now {row?.Status.ToString() ?? "lost"}: {row?.Reason}");
            }
        }
    }

    async Task<bool> HasReceivedAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in stores.Inbox.ReadReceivedAsync(HrYaml.Source, cancellationToken))
        {
            return true;
        }

        return false;
    }

    async Task<bool> HasBusyLaneAsync(CancellationToken cancellationToken)
    {
        await foreach (var identityId in stores.Lanes.ReadBusyAsync(cancellationToken))
        {
            if (!(await stores.Lanes.FindAsync(identityId, cancellationToken)).IsIdle)
            {
                return true;
            }
        }

        return false;
    }
}
