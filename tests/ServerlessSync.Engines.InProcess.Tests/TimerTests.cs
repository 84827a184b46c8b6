using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.InProcess.Tests;

public sealed class TimerTests
{
    static readonly InProcessEngineOptions Options = MemoryEngine.Options with { LeaseTime = TimeSpan.FromDays(100) };

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
    public async Task A_wall_clock_set_back_fires_nothing_early()
    {
        var clock = new ShiftedClock(_clock);
        var start = clock.GetUtcNow();
        await using var engine = await StartAsync(new MemoryWorkflowHistory(clock), time: clock);
        await engine.BeginAsync("sleeps", "10");
        await TimerArmedAsync();
        clock.Shift = TimeSpan.FromMinutes(-30);
        _clock.Advance(TimeSpan.FromMinutes(39));
        (await engine.GetInstanceAsync("x", Scenario.Soon()))!.Status.ShouldBe(WorkflowStatus.Running);
        _clock.Advance(TimeSpan.FromMinutes(1));
        var run = await engine.WaitForInstanceCompletionAsync("x", Scenario.Soon());
        Text(run).ShouldBe(start.AddMinutes(10));
    }

    [Fact]
    public async Task A_wall_clock_set_forward_is_noticed_within_a_minute()
    {
        var clock = new ShiftedClock(_clock);
        await using var engine = await StartAsync(new MemoryWorkflowHistory(clock), time: clock);
        await engine.BeginAsync("sleeps", "600");
        await TimerArmedAsync();
        clock.Shift = TimeSpan.FromHours(10);
        _clock.Advance(TimeSpan.FromMinutes(1));
        (await engine.WaitForInstanceCompletionAsync("x", Scenario.Soon())).Status.ShouldBe(WorkflowStatus.Completed);
    }

    static DateTimeOffset Text(WorkflowInstance run) => System.Text.Json.JsonSerializer.Deserialize<DateTimeOffset>(run.Output!, MeshJson.Options);

    /// <summary>Waits until the run's timer is armed: no other timer of the engine is that near.</summary>
    Task TimerArmedAsync() => _clock.WaitForTimerAsync(TimeSpan.FromMinutes(1), Scenario.Soon());

    Task<InProcessEngine> StartAsync(IWorkflowHistory history, TimeProvider? time = null) =>
        MemoryEngine.StartAsync(history, Scenario.Catalog(_probe), Options, time ?? _clock);

    sealed class ShiftedClock(FakeTimeProvider inner) : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Shift;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            inner.CreateTimer(callback, state, dueTime, period);
    }
}
