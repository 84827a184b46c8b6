using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Workflows;

public sealed class PeriodicWorkTests
{
    static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    readonly FakeTimeProvider _clock = new();
    readonly Channel<int> _rounds = Channel.CreateUnbounded<int>();
    int _done;

    [Fact]
    public async Task Work_is_done_at_once_after_each_interval_whatever_it_throws_and_once_more_at_the_end()
    {
        var work = new PeriodicWork("work", DoAsync, _clock, NullLogger.Instance) { AtEnd = true };
        work.Start(Interval);
        for (var round = 1; round <= 3; round++)
        {
            (await _rounds.Reader.ReadAsync()).ShouldBe(round);
            await _clock.WaitForTimerAsync(Interval, CancellationToken.None);
            _clock.Advance(Interval);
        }

        (await _rounds.Reader.ReadAsync()).ShouldBe(4);
        await _clock.WaitForTimerAsync(Interval, CancellationToken.None);

        await work.DisposeAsync();

        _rounds.Reader.TryRead(out var last).ShouldBeTrue();
        last.ShouldBe(5);
        _rounds.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Work_that_was_never_begun_is_not_done_at_the_end()
    {
        await new PeriodicWork("work", DoAsync, _clock, NullLogger.Instance) { AtEnd = true }.DisposeAsync();

        _done.ShouldBe(0);
    }

    Task DoAsync(CancellationToken cancellationToken)
    {
        _rounds.Writer.TryWrite(++_done).ShouldBeTrue();
        return _done % 2 == 0 ? throw new InvalidOperationException("even") : Task.CompletedTask;
    }
}
