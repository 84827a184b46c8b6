using System.Threading.Channels;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>The clock the test moves, which also tells when somebody has begun to wait on it.</summary>
sealed class WatchedClock(FakeTimeProvider clock) : TimeProvider
{
    readonly Channel<bool> _waits = Channel.CreateUnbounded<bool>();

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = clock.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(true);
        return timer;
    }

    /// <summary>Moves the clock by so much each time somebody waits on this one, until the task has ended.</summary>
    public async Task MoveUntilAsync(Task done, TimeSpan by, CancellationToken cancellationToken)
    {
        while (await Task.WhenAny(done, _waits.Reader.ReadAsync(cancellationToken).AsTask()) != done)
        {
            cancellationToken.ThrowIfCancellationRequested();
            clock.Advance(by);
        }

        await done;
    }
}
