using System.Globalization;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>The history does not answer for minutes.</summary>
public sealed class OutageTests
{
    const int Runs = 20;
    static readonly InProcessEngineOptions Options = MemoryEngine.Options with { LeaseTime = TimeSpan.FromDays(100), StoreRetryDelay = TimeSpan.FromMilliseconds(250) };
    static readonly TimeSpan LongestBackOff = Options.StoreRetryDelay * 64;

    readonly FakeTimeProvider _clock = new();
    readonly Probe _probe = new();

    [Fact]
    public async Task Runs_ask_again_at_a_capped_pace_lose_no_wake_up_and_repeat_no_effect()
    {
        var history = new FaultyHistory(new MemoryWorkflowHistory(_clock));
        await using var engine = await MemoryEngine.StartAsync(history, Scenario.Catalog(_probe), Options, _clock);
        for (var i = 0; i < Runs; i++)
        {
            await engine.BeginAsync("sleeps", "1", $"sleeps {i}");
            await engine.BeginAsync("holds", $"\"{i}\"", $"holds {i}");
            await _probe.WaitAsync($"began {i}");
        }

        history.BeforeAnything = () => new StoreException(StoreFailure.Unavailable, "away");
        for (var i = 0; i < Runs; i++)
        {
            _probe.Signal($"release {i}");
        }

        var (loads, outage) = (history.Loads, TimeSpan.FromMinutes(10));
        await PassAsync(outage);
        await Should.ThrowAsync<StoreException>(() => engine.BeginAsync("sleeps", "1", "refused"));
        await Should.ThrowAsync<StoreException>(() => engine.RaiseEventAsync("sleeps 0", "go", null, Scenario.Soon()));
        var perRun = (history.Loads - loads) / (2.0 * Runs);
        perRun.ShouldBeLessThan((outage / LongestBackOff) + 10);
        engine.Completion.IsCompleted.ShouldBeFalse();

        history.BeforeAnything = () => null;
        var all = Task.WhenAll(Enumerable.Range(0, Runs).SelectMany(i => new[] { $"sleeps {i}", $"holds {i}" })
            .Select(id => engine.WaitForInstanceCompletionAsync(id, Scenario.Soon())));
        while (!all.IsCompleted)
        {
            await PassAsync(TimeSpan.FromSeconds(1), all);
        }

        (await all).ShouldAllBe(run => run.Status == WorkflowStatus.Completed);
        _probe.Notes.Count(n => n.StartsWith("began", StringComparison.Ordinal)).ShouldBe(Runs, "what had run does not run again");
        (await engine.GetInstanceAsync("refused", Scenario.Soon())).ShouldBeNull();
        Progress.Show(string.Create(CultureInfo.InvariantCulture, $"outage: {2 * Runs} runs, 10 minutes without history, {perRun:F0} loads a run, 0 lost"));
    }

    /// <summary>Moves the clock from timer to timer.</summary>
    async Task PassAsync(TimeSpan time, Task? until = null)
    {
        for (var end = _clock.GetUtcNow() + time; _clock.GetUtcNow() < end && until is not { IsCompleted: true };)
        {
            await Task.WhenAny(until ?? new TaskCompletionSource().Task, _clock.WaitForTimerAsync(TimeSpan.FromMinutes(1), Scenario.Soon()));
            if (_clock.NextTimer is { } next && next <= _clock.GetUtcNow() + TimeSpan.FromMinutes(1))
            {
                _clock.Advance(next - _clock.GetUtcNow());
            }
        }
    }
}
