using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.InProcess.Tests;

public sealed class TimerTests
{
    static readonly InProcessEngineOptions Options = MemoryEngine.Options with { LeaseTime = TimeSpan.FromDays(100) };

    const int Naps = 12;

    readonly FakeTimeProvider _clock = new();
    readonly Probe _probe = new();

    [Fact]
    public async Task A_timer_fires_when_its_time_has_come_and_not_before()
    {
        var start = _clock.GetUtcNow();
        await using var engine = await StartAsync(new MemoryWorkflowHistory(_clock));
        await engine.BeginAsync("sleeps", "10");
        await TimerArmedAsync();
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        (await engine.GetInstanceAsync("x", Scenario.Soon()))!.Status.ShouldBe(WorkflowStatus.Running);
        _clock.Advance(TimeSpan.FromTicks(1));
        var run = await engine.WaitForInstanceCompletionAsync("x", Scenario.Soon());
        Text(run).ShouldBe(start.AddMinutes(10));
    }

    [Fact]
    public async Task A_timer_that_fell_due_while_nobody_ran_fires_at_the_next_start()
    {
        var history = new MemoryWorkflowHistory(_clock);
        await using (var first = await StartAsync(history))
        {
            await first.BeginAsync("sleeps", "10");
            await TimerArmedAsync();
        }

        _clock.Advance(TimeSpan.FromHours(1));
        await using var second = await StartAsync(history.OpenAnother());
        await TimerArmedAsync();
        _clock.Advance(TimeSpan.Zero);
        (await second.WaitForInstanceCompletionAsync("x", Scenario.Soon())).Status.ShouldBe(WorkflowStatus.Completed);
    }

    [Fact]
    public async Task A_wall_clock_set_back_makes_a_timer_neither_early_nor_late()
    {
        var start = _clock.GetUtcNow();
        await using var engine = await StartAsync(new MemoryWorkflowHistory(_clock));
        await engine.BeginAsync("sleeps", "10");
        await TimerArmedAsync();
        _clock.Advance(TimeSpan.FromMinutes(1));
        _clock.SetWallClock(TimeSpan.FromHours(-1));
        _clock.Advance(TimeSpan.FromMinutes(9) - TimeSpan.FromTicks(1));
        (await engine.GetInstanceAsync("x", Scenario.Soon()))!.Status.ShouldBe(WorkflowStatus.Running);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        var run = await engine.WaitForInstanceCompletionAsync("x", Scenario.Soon());
        Text(run).ShouldBe(start.AddMinutes(10));
    }

    [Fact]
    public async Task A_wall_clock_set_forward_is_noticed_within_a_minute()
    {
        await using var engine = await StartAsync(new MemoryWorkflowHistory(_clock));
        await engine.BeginAsync("sleeps", "600");
        await TimerArmedAsync();
        _clock.SetWallClock(TimeSpan.FromHours(10));
        _clock.Advance(TimeSpan.FromMinutes(1));
        (await engine.WaitForInstanceCompletionAsync("x", Scenario.Soon())).Status.ShouldBe(WorkflowStatus.Completed);
    }

    [Fact]
    public async Task A_timer_taken_up_under_a_clock_that_is_behind_waits_no_longer_than_it_was_asked_to()
    {
        var history = new MemoryWorkflowHistory(_clock);
        await using (var first = await StartAsync(history))
        {
            await first.BeginAsync("sleeps", "10");
            await TimerArmedAsync();
        }

        _clock.SetWallClock(TimeSpan.FromDays(-2));
        await using var second = await StartAsync(history.OpenAnother());
        await TimerArmedAsync();
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        (await second.GetInstanceAsync("x", Scenario.Soon()))!.Status.ShouldBe(WorkflowStatus.Running);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        (await second.WaitForInstanceCompletionAsync("x", Scenario.Soon())).Status.ShouldBe(WorkflowStatus.Completed);
    }

    [Fact]
    public async Task However_the_clock_is_set_back_each_timer_takes_its_time_fires_once_and_a_run_never_sees_time_go_back() =>
        (await NapAsync(() => TimeSpan.FromMinutes(-7))).ShouldBe(Naps * 10);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task However_the_clock_is_set_no_timer_is_late_each_fires_once_and_a_run_never_sees_time_go_back(int seed)
    {
#pragma warning disable CA5394 // A seed must give the same run again.
        var random = new Random(seed);
        return NapAsync(() => TimeSpan.FromMinutes(random.Next(-90, 30)));
#pragma warning restore CA5394
    }

    /// <summary>Lets a run nap, ten minutes at a time, while the clock is set every third minute; answers the minutes that all of it took.</summary>
    async Task<int> NapAsync(Func<TimeSpan> set)
    {
        await using var engine = await StartAsync(new MemoryWorkflowHistory(_clock));
        await engine.BeginAsync("naps", $$"""{"left":{{Naps}},"timers":0,"seen":"{{_clock.GetUtcNow():O}}","wentBack":false}""");
        var ended = engine.WaitForInstanceCompletionAsync("x", Scenario.Soon());
        var minutes = 0;
        while (await Task.WhenAny(TimerArmedAsync(), ended) != ended)
        {
            if (minutes % 3 == 0)
            {
                _clock.SetWallClock(set());
            }

            _clock.Advance(TimeSpan.FromMinutes(1));
            (++minutes).ShouldBeLessThanOrEqualTo(Naps * 10);
        }

        var naps = System.Text.Json.JsonSerializer.Deserialize<NapState>((await ended).Output!, MeshJson.Options)!;
        (naps.Timers, naps.WentBack).ShouldBe((Naps, false));
        return minutes;
    }

    static DateTimeOffset Text(WorkflowInstance run) => System.Text.Json.JsonSerializer.Deserialize<DateTimeOffset>(run.Output!, MeshJson.Options);

    /// <summary>Waits until the run's timer is armed: no other timer of the engine is that near.</summary>
    Task TimerArmedAsync() => _clock.WaitForTimerAsync(TimeSpan.FromMinutes(1), Scenario.Soon());

    Task<InProcessEngine> StartAsync(IWorkflowHistory history, TimeProvider? time = null) =>
        MemoryEngine.StartAsync(history, Scenario.Catalog(_probe), Options, time ?? _clock);
}
