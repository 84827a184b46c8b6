using Microsoft.Extensions.Logging;

namespace ServerlessSync.Mesh.Workflows;

/// <summary>Does a piece of work at once and then again and again, for hosts without timers of their own. Stopping waits for the work under way.</summary>
public sealed partial class PeriodicWork : IAsyncDisposable
{
    static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);

    readonly CancellationTokenSource _stopping = new();
    readonly string _name;
    readonly Func<CancellationToken, Task> _work;
    readonly TimeProvider _clock;
    readonly ILogger _logger;
    Task _working = Task.CompletedTask;

    /// <summary>Names the work; <see cref="Start"/> begins it.</summary>
    /// <param name="name">What it is called in the log.</param>
    /// <param name="work">One round; what it throws is logged, and the next round tries again.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">The log.</param>
    public PeriodicWork(string name, Func<CancellationToken, Task> work, TimeProvider clock, ILogger logger) =>
        (_name, _work, _clock, _logger) = (name, work, clock, logger);

    /// <summary>Whether it is done once more at the end, within 30 seconds.</summary>
    /// <value>false</value>
    public bool AtEnd { get; init; }

    /// <summary>Begins.</summary>
    /// <param name="interval">How long it rests between rounds.</param>
    public void Start(TimeSpan interval) => _working = Task.Run(() => WorkAsync(interval));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var started = _working != Task.CompletedTask;
        await _stopping.CancelAsync();
        await _working;
        if (started && AtEnd)
        {
            using var limit = new CancellationTokenSource(LongestEnd, _clock);
            await DoSafelyAsync(limit.Token);
        }

        _stopping.Dispose();
    }

    async Task WorkAsync(TimeSpan interval)
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                await DoSafelyAsync(_stopping.Token);
                await Task.Delay(interval, _clock, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    async Task DoSafelyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _work(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
        catch (Exception e)
        {
            LogFailed(_logger, _name, e);
        }
    }

    [LoggerMessage(EventId = 1010, Level = LogLevel.Error, Message = "{Name} failed; the next round tries again")]
    static partial void LogFailed(ILogger logger, string name, Exception exception);
}
