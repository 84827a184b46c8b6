using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Drifts;

/// <summary>
/// Drift on its way within one process: a bounded queue for each target, and as many workers as the target may be called at once, each of which has
/// one run under way. What does not fit, or fails, is left to the sweep: the store holds it.
/// </summary>
sealed partial class DriftPump(MeshConfiguration configuration, MeshStores stores, IDriftRemediation remediation, ILogger logger) : IDriftQueue, IAsyncDisposable
{
    const int QueueLength = 512;

    /// <summary>A run that insists on a revocation may last for days; its worker goes on.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    readonly Dictionary<string, Channel<DriftMessage>> _queues = configuration.Targets.Keys.ToDictionary(
        target => target, _ => Channel.CreateBounded<DriftMessage>(new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.Wait }));

    readonly ConcurrentDictionary<DriftMessage, bool> _waiting = new();
    readonly CancellationTokenSource _stopping = new();
    readonly List<Task> _workers = [];

    /// <summary>Begins.</summary>
    public void Start(IWorkflowClient client)
    {
        foreach (var (target, queue) in _queues)
        {
            _workers.AddRange(Enumerable.Range(0, configuration.Targets[target].Limit.Parallel).Select(_ => Task.Run(() => WorkAsync(queue.Reader, client))));
        }
    }

    /// <inheritdoc/>
    public Task<bool> SendAsync(DriftMessage drift, CancellationToken cancellationToken)
    {
        if (!_queues.TryGetValue(drift.Target, out var queue) || !_waiting.TryAdd(drift, true))
        {
            return Task.FromResult(queue is not null);
        }

        var taken = queue.Writer.TryWrite(drift);
        if (!taken)
        {
            _waiting.TryRemove(drift, out _);
        }

        return Task.FromResult(taken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers);
        _stopping.Dispose();
    }

    async Task WorkAsync(ChannelReader<DriftMessage> queue, IWorkflowClient client)
    {
        try
        {
            await foreach (var drift in queue.ReadAllAsync(_stopping.Token))
            {
                _waiting.TryRemove(drift, out _);
                await MendAsync(drift, client);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping; what is left is in the store.
        }
    }

    async Task MendAsync(DriftMessage drift, IWorkflowClient client)
    {
        try
        {
            await remediation.RemediateAsync(drift, _stopping.Token);
            if (await stores.Drifts.FindAsync(drift.Target, drift.IdentityId, _stopping.Token) is { SettledAt: null, MendedBy: { } run })
            {
                await WaitAsync(run, client);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            LogLeft(logger, drift.Target, e);
        }
    }

    async Task WaitAsync(string run, IWorkflowClient client)
    {
        using var limit = new CancellationTokenSource(LongestWait, stores.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        try
        {
            if (await client.GetInstanceAsync(run, either.Token) is not null)
            {
                await client.WaitForInstanceCompletionAsync(run, either.Token);
            }
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            // It goes on without us.
        }
    }

    [LoggerMessage(EventId = 1041, Level = LogLevel.Warning, Message = "A drift in {Target} could not be taken up and is left to the sweep")]
    static partial void LogLeft(ILogger logger, string target, Exception exception);
}
