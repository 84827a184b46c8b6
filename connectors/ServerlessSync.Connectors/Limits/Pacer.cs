namespace ServerlessSync.Connectors.Limits;

/// <summary>
/// Hands out turns at an even rate and holds them back during a pause. The token bucket of System.Threading.RateLimiting reads
/// the machine's stopwatch and cannot be paused; this one follows the clock it is given.
/// </summary>
sealed class Pacer(double ratePerSecond, TimeProvider timeProvider)
{
    readonly Lock _gate = new();
    readonly TimeSpan _interval = TimeSpan.FromSeconds(1) / ratePerSecond;
    readonly long _origin = timeProvider.GetTimestamp();
    TimeSpan _nextTurn = TimeSpan.Zero;
    TimeSpan _pausedUntil = TimeSpan.Zero;

    public TimeSpan Now => timeProvider.GetElapsedTime(_origin);

    public async Task WaitForTurnAsync(CancellationToken cancellationToken)
    {
        do
        {
            var wait = TakeTurn();
            if (wait > TimeSpan.Zero)
            {
                // Timers count whole milliseconds and cut the rest off: a turn may come late, never early.
                var rounded = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
                await Task.Delay(rounded, timeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
        while (PausedMeanwhile());
    }

    public void Pause(TimeSpan howLong)
    {
        lock (_gate)
        {
            var until = Now + howLong;
            _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
            _nextTurn = _pausedUntil > _nextTurn ? _pausedUntil : _nextTurn;
        }
    }

    TimeSpan TakeTurn()
    {
        lock (_gate)
        {
            var now = Now;
            var turn = _nextTurn > now ? _nextTurn : now;
            _nextTurn = turn + _interval;
            return turn - now;
        }
    }

    // A pause may have begun while a turn given out before it was waited for; that turn is void.
    bool PausedMeanwhile()
    {
        lock (_gate)
        {
            return _pausedUntil > Now;
        }
    }
}
