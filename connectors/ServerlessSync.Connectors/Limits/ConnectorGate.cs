using System.Threading.RateLimiting;

namespace ServerlessSync.Connectors.Limits;

/// <summary>
/// Stands before one target: no more calls at once and no more requests per second than its limits say, first come first served, and
/// none at all for as long as the target asked after a <see cref="FailureKind.Throttled"/> failure. A call that makes several requests asks for the turn
/// of each with <see cref="NextRequestAsync"/>.
/// </summary>
public sealed class ConnectorGate : IAsyncDisposable
{
    static readonly AsyncLocal<GatedCall?> Current = new();

    readonly string _connectorId;
    readonly GateLimits _limits;
    readonly ConcurrencyLimiter _places;
    readonly Pacer _pacer;

    /// <summary>Makes the gate of one target.</summary>
    /// <param name="connectorId">The target's name.</param>
    /// <param name="limits">How hard it may be pressed.</param>
    /// <param name="timeProvider">The clock the rate and the pauses follow.</param>
    public ConnectorGate(string connectorId, GateLimits limits, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limits.RatePerSecond, nameof(limits));
        _connectorId = connectorId;
        _limits = limits;
        _pacer = new Pacer(limits.RatePerSecond, timeProvider);
        _places = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = limits.Parallel,
            QueueLimit = limits.LongestQueue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    /// <summary>How long the call under way, if there is one, has waited for turns of its requests after the first.</summary>
    public static TimeSpan WaitedByCall => Current.Value?.Waited ?? TimeSpan.Zero;

    /// <summary>
    /// Waits for the turn of the next request of the call under way, before it is made; a connector does so for each. The first has the turn of its call,
    /// and where no gate stands nothing is waited for.
    /// </summary>
    public static Task NextRequestAsync(CancellationToken cancellationToken) => Current.Value?.NextRequestAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Makes one call to the target when its turn comes. What the call throws passes through.</summary>
    /// <exception cref="ConnectorException">The queue is full (<see cref="FailureKind.Throttled"/>): the call was not made.</exception>
    /// <typeparam name="T">What the call answers.</typeparam>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        using var place = await _places.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
        if (!place.IsAcquired)
        {
            throw new ConnectorException(
                _connectorId, FailureKind.Throttled, $"{_connectorId} was not called: {_limits.LongestQueue} calls wait for it already");
        }

        // Only those who hold a place wait for a turn, so this queue is as long as the parallelism at most.
        await _pacer.WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
        Current.Value = new GatedCall(_pacer);
        try
        {
            return await call(cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectorException e) when (e.Kind == FailureKind.Throttled)
        {
            _pacer.Pause(e.RetryAfter ?? _limits.DefaultPause);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _places.DisposeAsync();
}
