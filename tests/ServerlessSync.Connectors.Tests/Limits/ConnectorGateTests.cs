using System.Collections.Concurrent;
using ServerlessSync.Connectors.Limits;
using ServerlessSync.TestKit;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Tests.Limits;

public sealed class ConnectorGateTests
{
    static readonly CancellationToken None = CancellationToken.None;

    readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public async Task No_more_calls_run_at_once_than_allowed(int parallel)
    {
        await using var gate = Gate(new GateLimits { RatePerSecond = 1_000_000, Parallel = parallel });
        var running = 0;
        var most = 0;
        var allPlacesTaken = new TaskCompletionSource();
        var calls = Enumerable.Range(0, 50).Select(_ => gate.RunAsync(
            async _ =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                if (now == parallel)
                {
                    allPlacesTaken.TrySetResult();
                }

                await allPlacesTaken.Task;
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return now;
            },
            None)).ToList();

        await FinishAsync(Task.WhenAll(calls));

        most.ShouldBe(parallel);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(50, 8)]
    [InlineData(3, 2)]
    public async Task Calls_never_begin_faster_than_the_rate(int rate, int parallel)
    {
        await using var gate = Gate(new GateLimits { RatePerSecond = rate, Parallel = parallel });
        var start = _clock.GetUtcNow();
        var begins = new ConcurrentQueue<TimeSpan>();
        var calls = Enumerable.Range(0, rate * 3).Select(_ => gate.RunAsync(
            _ =>
            {
                begins.Enqueue(_clock.GetUtcNow() - start);
                return Task.FromResult(0);
            },
            None)).ToList();

        await FinishAsync(Task.WhenAll(calls));

        var ordered = begins.Order().ToList();
        ordered.Count.ShouldBe(rate * 3);
        for (var i = 0; i < ordered.Count; i++)
        {
            ordered[i].ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds((double)i / rate) - TimeSpan.FromTicks(10));
        }

        ordered[^1].ShouldBeLessThan(TimeSpan.FromSeconds(3.1));
    }

    [Theory]
    [InlineData(10.0 / 60, 6)]
    [InlineData(2.5, 0.4)]
    public async Task A_rate_between_whole_numbers_holds_as_it_is(double rate, double apart)
    {
        await using var gate = Gate(new GateLimits { RatePerSecond = rate, Parallel = 1 });
        var start = _clock.GetUtcNow();
        var calls = Enumerable.Range(0, 4).Select(_ => gate.RunAsync(_ => Task.FromResult(_clock.GetUtcNow() - start), None)).ToList();

        await FinishAsync(Task.WhenAll(calls));

        var begins = (await Task.WhenAll(calls)).Order().ToList();
        for (var i = 0; i < begins.Count; i++)
        {
            begins[i].ShouldBe(TimeSpan.FromSeconds(i * apart), TimeSpan.FromMilliseconds(2));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    public void A_rate_at_which_nothing_would_ever_begin_is_refused(double rate) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Gate(new GateLimits { RatePerSecond = rate }));

    [Fact]
    public async Task Requests_of_calls_never_begin_faster_than_the_rate_however_many_a_call_makes()
    {
        await using var gate = Gate(new GateLimits { RatePerSecond = 2, Parallel = 3 });
        var start = _clock.GetUtcNow();
        var begins = new ConcurrentQueue<TimeSpan>();
        var calls = Enumerable.Range(1, 6).Select(requests => gate.RunAsync(
            async token =>
            {
                for (var request = 0; request < requests; request++)
                {
                    await ConnectorGate.NextRequestAsync(token);
                    begins.Enqueue(_clock.GetUtcNow() - start);
                }

                return ConnectorGate.WaitedByCall;
            },
            None)).ToList();

        await FinishAsync(Task.WhenAll(calls));

        begins.Order().Select((at, number) => at - (number * TimeSpan.FromSeconds(0.5))).ShouldAllBe(late => late >= TimeSpan.Zero);
        begins.Count.ShouldBe(21);
        (await calls[0]).ShouldBe(TimeSpan.Zero, "its one request had the turn of the call");
        (await calls[5]).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2.5));
    }

    [Fact]
    public async Task Where_no_gate_stands_no_request_waits()
    {
        await ConnectorGate.NextRequestAsync(None);
        await ConnectorGate.NextRequestAsync(None);
        ConnectorGate.WaitedByCall.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(null, 1)]
    public async Task After_a_throttled_call_nothing_begins_before_the_target_allows_it(int? retryAfter, int pause)
    {
        await using var gate = Gate(new GateLimits { RatePerSecond = 50, Parallel = 4 });
        var start = _clock.GetUtcNow();
        await Should.ThrowAsync<ConnectorException>(() => gate.RunAsync<int>(_ => throw Throttled(retryAfter), None));

        var begin = gate.RunAsync(_ => Task.FromResult(_clock.GetUtcNow() - start), None);
        await FinishAsync(begin);

        (await begin).ShouldBe(TimeSpan.FromSeconds(pause));
    }

    [Fact]
    public async Task A_turn_given_out_before_the_pause_is_void()
    {
        await using var gate = Gate(new GateLimits { RatePerSecond = 1, Parallel = 4 });
        var start = _clock.GetUtcNow();
        var throttle = new TaskCompletionSource<int>();
        var throttled = gate.RunAsync(_ => throttle.Task, None);
        var waiting = gate.RunAsync(_ => Task.FromResult(_clock.GetUtcNow() - start), None);
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(1), None);

        throttle.SetException(Throttled(60));
        await Should.ThrowAsync<ConnectorException>(() => throttled);
        await FinishAsync(waiting);

        (await waiting).ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Other_failures_do_not_pause_the_target()
    {
        await using var gate = Gate(new GateLimits { RatePerSecond = 1_000_000, Parallel = 1 });
        await Should.ThrowAsync<ConnectorException>(
            () => gate.RunAsync<int>(_ => throw new ConnectorException("t", FailureKind.Transient, "down", TimeSpan.FromHours(1)), None));

        var next = gate.RunAsync(_ => Task.FromResult(_clock.GetUtcNow()), None);
        await FinishAsync(next);

        (await next).ShouldBeLessThan(new FakeTimeProvider().GetUtcNow() + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_full_queue_fails_the_call_without_making_it()
    {
        await using var gate = Gate(new GateLimits { RatePerSecond = 1_000_000, Parallel = 1, LongestQueue = 1 });
        var open = new TaskCompletionSource<int>();
        var running = gate.RunAsync(_ => open.Task, None);
        var queued = gate.RunAsync(_ => Task.FromResult(2), None);
        var made = false;

        var failure = await Should.ThrowAsync<ConnectorException>(() => gate.RunAsync(_ => Task.FromResult(made = true), None));

        failure.Kind.ShouldBe(FailureKind.Throttled);
        made.ShouldBeFalse();
        open.SetResult(1);
        await FinishAsync(queued);
        (await running + await queued).ShouldBe(3);
    }

    [Fact]
    public async Task A_call_cancelled_in_the_queue_leaves_its_place_to_others()
    {
        await using var gate = Gate(new GateLimits { RatePerSecond = 1_000_000, Parallel = 1 });
        using var cancel = new CancellationTokenSource();
        var open = new TaskCompletionSource<int>();
        var running = gate.RunAsync(_ => open.Task, None);
        var cancelled = gate.RunAsync(_ => Task.FromResult(2), cancel.Token);
        var last = gate.RunAsync(_ => Task.FromResult(3), None);

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        open.SetResult(1);
        await FinishAsync(last);

        (await running + await last).ShouldBe(4);
    }

    static ConnectorException Throttled(int? seconds) =>
        new("t", FailureKind.Throttled, "slow down", seconds is { } s ? TimeSpan.FromSeconds(s) : null);

    static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen) is var before && before == seen ? value : before;
        }
    }

    ConnectorGate Gate(GateLimits limits) => new("t", limits, _clock);

    /// <summary>Moves the clock from timer to timer until the work is done.</summary>
    async Task FinishAsync(Task work)
    {
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, _clock.WaitForTimerAsync(TimeSpan.FromHours(2), None));
            if (_clock.NextTimer is { } due && due >= _clock.GetUtcNow())
            {
                _clock.Advance(due - _clock.GetUtcNow());
            }
        }

        await work;
    }
}
