using ServerlessSync.TestKit;
using Shouldly;
using Xunit;

namespace ServerlessSync.Benchmarks.Tests;

public sealed class RoundsTests
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task The_median_round_counts_and_the_warm_up_does_not()
    {
        var lengths = new Queue<int>([100, 4, 2, 1]);

        var comparison = await new Rounds(_time).RunAsync(Lasting(lengths), CancellationToken.None);

        comparison.Subject.PerSecond.ShouldBe(4, 1e-9);
        comparison.Baseline.ShouldBeNull();
        lengths.ShouldBeEmpty();
    }

    [Fact]
    public async Task Subject_and_baseline_take_turns_and_take_turns_in_going_first()
    {
        var order = new List<string>();

        var comparison = await new Rounds(_time) { WarmUp = 0 }.RunAsync(Named("subject"), "raw", Named("raw"), CancellationToken.None);

        order.ShouldBe(["subject", "raw", "raw", "subject", "subject", "raw"]);
        comparison.BaselineName.ShouldBe("raw");

        Func<CancellationToken, Task<long>> Named(string name) => _ =>
        {
            order.Add(name);
            _time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(1L);
        };
    }

    [Fact]
    public void A_percentile_is_the_smallest_sample_that_so_many_do_not_exceed()
    {
        var latencies = new Latencies();
        foreach (var milliseconds in Enumerable.Range(1, 200).Reverse())
        {
            latencies.Add(TimeSpan.FromMilliseconds(milliseconds));
        }

        latencies.Percentile(50).ShouldBe(TimeSpan.FromMilliseconds(100));
        latencies.Percentile(99).ShouldBe(TimeSpan.FromMilliseconds(198));
        latencies.Percentile(100).ShouldBe(TimeSpan.FromMilliseconds(200));
    }

    // A round of eight operations that takes as many seconds as the queue says.
    Func<CancellationToken, Task<long>> Lasting(Queue<int> seconds) => _ =>
    {
        _time.Advance(TimeSpan.FromSeconds(seconds.Dequeue()));
        return Task.FromResult(8L);
    };
}
