using System.Threading.Channels;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Workflows.Intake;

/// <summary>An event that was recorded, by its names.</summary>
/// <param name="Source">The source that said it.</param>
/// <param name="Id">Its id in that source.</param>
/// <param name="Subject">Whom it is about.</param>
readonly record struct RecordedEvent(string Source, string Id, string Subject);

/// <summary>
/// The quick way out of the inbox: workers, each with a bounded queue, one subject always on the same worker so that its events keep
/// their order. What does not fit, or fails, is left to the sweep: the inbox holds it.
/// </summary>
sealed class InboxPump : IAsyncDisposable
{
    /// <summary>A worker mostly waits for the store, and all that wait together share one flush to disk.</summary>
    const int Workers = 32;
    const int QueueLength = 512;

    readonly Channel<RecordedEvent>[] _queues = [.. Enumerable.Range(0, Workers).Select(_ => Channel.CreateBounded<RecordedEvent>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }))];

    readonly CancellationTokenSource _stopping = new();
    readonly List<Task> _workers = [];
    int _leftToSweep;

    /// <summary>Whether events were left to the sweep since last asked.</summary>
    public bool TakeOverflow() => Interlocked.Exchange(ref _leftToSweep, 0) != 0;

    /// <summary>Begins.</summary>
    /// <param name="bring">Takes an event further; never throws but when cancelled; false when it is left to the sweep.</param>
    public void Start(Func<RecordedEvent, CancellationToken, Task<bool>> bring) =>
        _workers.AddRange(_queues.Select(queue => Task.Run(() => WorkAsync(queue.Reader, bring))));

    /// <summary>Offers an event just recorded; never waits.</summary>
    public void Offer(ChangeEvent change)
    {
        var worker = (uint)string.GetHashCode(change.Subject, StringComparison.Ordinal) % Workers;
        if (!_queues[worker].Writer.TryWrite(new RecordedEvent(change.Source, change.Id, change.Subject)))
        {
            Interlocked.Exchange(ref _leftToSweep, 1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers);
        _stopping.Dispose();
    }

    async Task WorkAsync(ChannelReader<RecordedEvent> queue, Func<RecordedEvent, CancellationToken, Task<bool>> bring)
    {
        try
        {
            await foreach (var change in queue.ReadAllAsync(_stopping.Token))
            {
                if (!await bring(change, _stopping.Token))
                {
                    Interlocked.Exchange(ref _leftToSweep, 1);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping; what is left is in the inbox.
        }
    }
}
