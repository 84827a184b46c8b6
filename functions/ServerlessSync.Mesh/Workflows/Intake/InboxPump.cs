using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Damage;

namespace ServerlessSync.Mesh.Workflows.Intake;

/// <summary>
/// The quick way from the inbox into the lanes: workers, each with a bounded queue, one subject always on the same worker so that its events keep
/// their order. What does not fit, or fails, is left to the sweep: the inbox holds it.
/// </summary>
sealed partial class InboxPump(Queueing queueing, DamagedRows damaged, ILogger logger) : IAsyncDisposable
{
    /// <summary>A worker mostly waits for the store, and all that wait together share one flush to disk.</summary>
    const int Workers = 32;
    const int QueueLength = 512;

    readonly Channel<InboxKey>[] _queues = [.. Enumerable.Range(0, Workers).Select(_ => Channel.CreateBounded<InboxKey>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }))];

    readonly CancellationTokenSource _stopping = new();
    readonly List<Task> _workers = [];
    int _leftToSweep;

    /// <summary>Whether events were left to the sweep since last asked.</summary>
    public bool TakeOverflow() => Interlocked.Exchange(ref _leftToSweep, 0) != 0;

    public void Start() => _workers.AddRange(_queues.Select(queue => Task.Run(() => WorkAsync(queue.Reader))));

    /// <summary>Offers an event just recorded; never waits.</summary>
    public void Offer(ChangeEvent change) => Offer(Inbox.KeyOf(change.Source, change.Id), change.Subject);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers);
        _stopping.Dispose();
    }

    void Offer(InboxKey key, string subject)
    {
        var worker = (uint)string.GetHashCode(subject, StringComparison.Ordinal) % Workers;
        if (!_queues[worker].Writer.TryWrite(key))
        {
            Interlocked.Exchange(ref _leftToSweep, 1);
        }
    }

    async Task WorkAsync(ChannelReader<InboxKey> queue)
    {
        try
        {
            await foreach (var key in queue.ReadAllAsync(_stopping.Token))
            {
                await QueueAsync(key);
                await queueing.StepBackAsync(_stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping; what is left is in the inbox.
        }
    }

    async Task QueueAsync(InboxKey key)
    {
        try
        {
            await queueing.QueueAsync(key, _stopping.Token);
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            LogLeft(logger, key.Key, e);
            await damaged.ReportAsync(e, _stopping.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it was, the row is still received and the sweep comes by.
            LogLeft(logger, key.Key, e);
            Interlocked.Exchange(ref _leftToSweep, 1);
        }
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Warning, Message = "Event {Key} could not be queued and is left to the sweep")]
    static partial void LogLeft(ILogger logger, string key, Exception exception);
}
