using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>Start, stop, loss of the lease, overload and memory.</summary>
public sealed class LifecycleTests
{
    readonly Probe _probe = new();
    readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Options_out_of_range_are_all_named()
    {
        var options = MemoryEngine.Options with { MaxConcurrentActivities = 0, LeaseTime = TimeSpan.Zero, MaxRunsTakenUpAtOnce = 0 };
        var e = Should.Throw<ArgumentException>(() => MemoryEngine.New(new MemoryWorkflowHistory(_clock), new(), options));
        e.Message.ShouldContain(nameof(options.MaxConcurrentActivities));
        e.Message.ShouldContain(nameof(options.LeaseTime));
        e.Message.ShouldContain(nameof(options.MaxRunsTakenUpAtOnce));
    }

    [Fact]
    public async Task An_orderly_stop_lets_running_activities_end_and_keeps_their_results()
    {
        var history = new MemoryWorkflowHistory(TimeProvider.System);
        var first = await MemoryEngine.StartAsync(history, Scenario.Catalog(_probe));
        await first.BeginAsync("holds", "\"a\"");
        await _probe.WaitAsync("began a");
        var stop = first.StopAsync();
        stop.IsCompleted.ShouldBeFalse();
        _probe.Signal("release a");
        await stop;
        first.Completion.Status.ShouldBe(TaskStatus.RanToCompletion);
        _probe.Notes.ShouldBe(["began a", "ended a"]);

        await using var second = await MemoryEngine.StartAsync(history.OpenAnother(), Scenario.Catalog(_probe));
        (await second.WaitForInstanceCompletionAsync("x", Scenario.Soon())).Output.ShouldBe("\"next\"");
        _probe.Notes.ShouldBe(["began a", "ended a", "next"]);
    }

    [Fact]
    public async Task A_purge_removes_every_run_that_ended_before_and_their_ids_may_be_used_again()
    {
        await using var engine = await MemoryEngine.StartAsync(new MemoryWorkflowHistory(_clock), Scenario.Catalog(_probe), time: _clock);
        for (var i = 0; i < 250; i++)
        {
            await engine.RunAsync("continues-and-goes-on", "\"a\"", $"old-{i}");
        }

        await engine.BeginAsync("waits", "\"b\"", "waiting");
        _clock.Advance(TimeSpan.FromDays(30));
        await engine.RunAsync("continues-and-goes-on", "\"c\"", "young");

        (await engine.PurgeAsync(_clock.GetUtcNow(), Scenario.Soon())).ShouldBe(250);

        (await engine.GetInstanceAsync("old-0", Scenario.Soon())).ShouldBeNull();
        (await engine.GetInstanceAsync("young", Scenario.Soon())).ShouldNotBeNull();
        await engine.RaiseEventAsync("waiting", "go", "\"x\"", Scenario.Soon());
        (await engine.WaitForInstanceCompletionAsync("waiting", Scenario.Soon())).Output.ShouldBe("\"x\"");
        (await engine.RunAsync("continues-and-goes-on", "\"a\"", "old-0")).HasEnded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_stop_cancels_what_runs_beyond_its_limit_and_the_next_start_runs_it_again()
    {
        var history = new MemoryWorkflowHistory(_clock);
        var first = await MemoryEngine.StartAsync(history, Scenario.Catalog(_probe), time: _clock);
        await first.BeginAsync("holds", "\"a\"");
        await _probe.WaitAsync("began a");
        var stop = first.StopAsync();
        _clock.Advance(MemoryEngine.Options.StopTimeout);
        await stop;
        (await first.GetInstanceAsync("x", Scenario.Soon()))!.Status.ShouldBe(WorkflowStatus.Running);

        _probe.Signal("release a");
        await using var second = await MemoryEngine.StartAsync(history.OpenAnother(), Scenario.Catalog(_probe), time: _clock);
        await second.WaitForInstanceCompletionAsync("x", Scenario.Soon());
        _probe.Notes.ShouldBe(["began a", "began a", "ended a", "next"]);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_ever_for_an_activity_that_ignores_it()
    {
        var engine = await MemoryEngine.StartAsync(
            new MemoryWorkflowHistory(TimeProvider.System), Scenario.Catalog(_probe), MemoryEngine.Options with { StopTimeout = TimeSpan.FromMilliseconds(1) });
        await engine.BeginAsync("calls-deaf", "\"a\"");
        await _probe.WaitAsync("began a");
        await engine.StopAsync();
        engine.Completion.IsCompletedSuccessfully.ShouldBeTrue();
        _probe.Signal("release a");
    }

    [Fact]
    public async Task A_stopped_engine_takes_no_calls_and_tells_those_who_wait()
    {
        var engine = await MemoryEngine.StartAsync(new MemoryWorkflowHistory(_clock), Scenario.Catalog(_probe), time: _clock);
        await engine.BeginAsync("waits", "\"a\"");
        await _probe.WaitAsync("a");
        var wait = engine.WaitForInstanceCompletionAsync("x", Scenario.Soon());
        await engine.StopAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => wait);
        await Should.ThrowAsync<InvalidOperationException>(() => engine.BeginAsync("waits", "\"a\"", "y"));
        await Should.ThrowAsync<InvalidOperationException>(() => engine.RaiseEventAsync("x", "go", null, Scenario.Soon()));
    }

    [Fact]
    public async Task An_engine_fenced_by_another_starts_no_further_effect()
    {
        var history = new MemoryWorkflowHistory(TimeProvider.System);
        await using var first = await MemoryEngine.StartAsync(history, Scenario.Catalog(_probe));
        await first.BeginAsync("holds", "\"a\"");
        await _probe.WaitAsync("began a");
        var thief = history.OpenAnother();
        await thief.AcquireAsync(MemoryEngine.Owner, TimeSpan.FromSeconds(1), Scenario.Soon());
        _probe.Signal("release a");
        var e = await Should.ThrowAsync<StoreException>(() => first.Completion);
        e.Failure.ShouldBe(StoreFailure.Fenced);
        await first.StopAsync();
        _probe.Has("next").ShouldBeFalse();
    }

    [Fact]
    public async Task A_lease_lost_at_renewal_halts_the_engine()
    {
        var history = new FaultyHistory(new MemoryWorkflowHistory(_clock));
        await using var engine = await MemoryEngine.StartAsync(history, Scenario.Catalog(_probe), time: _clock);
        history.BeforeRenew = () => new StoreException(StoreFailure.Fenced, "taken");
        _clock.Advance(MemoryEngine.Options.LeaseTime / 3);
        await Should.ThrowAsync<StoreException>(() => engine.Completion);
        await Should.ThrowAsync<InvalidOperationException>(() => engine.BeginAsync("waits", "\"a\""));
    }

    [Fact]
    public async Task A_lease_that_cannot_be_renewed_for_its_whole_time_is_taken_as_lost_and_one_failure_is_not()
    {
        var history = new FaultyHistory(new MemoryWorkflowHistory(_clock));
        await using var engine = await MemoryEngine.StartAsync(history, Scenario.Catalog(_probe), time: _clock);
        history.BeforeRenew = () => new StoreException(StoreFailure.Unavailable, "away");
        _clock.Advance(MemoryEngine.Options.LeaseTime * 2 / 3);
        engine.Completion.IsCompleted.ShouldBeFalse();
        history.BeforeRenew = () => null;
        _clock.Advance(MemoryEngine.Options.LeaseTime / 3);
        history.BeforeRenew = () => new StoreException(StoreFailure.Unavailable, "away");
        _clock.Advance(MemoryEngine.Options.LeaseTime * 2 / 3);
        engine.Completion.IsCompleted.ShouldBeFalse();
        _clock.Advance(MemoryEngine.Options.LeaseTime / 3);
        await Should.ThrowAsync<StoreException>(() => engine.Completion);
    }

    [Fact]
    public async Task A_start_over_the_limit_is_refused_and_accepted_again_when_a_run_has_ended()
    {
        await using var engine = await MemoryEngine.StartAsync(
            new MemoryWorkflowHistory(_clock), Scenario.Catalog(_probe), MemoryEngine.Options with { MaxUnfinishedRuns = 2 }, _clock);
        await engine.BeginAsync("waits", "\"a\"", "a");
        await engine.BeginAsync("waits", "\"b\"", "b");
        (await Should.ThrowAsync<EngineOverloadedException>(() => engine.BeginAsync("waits", "\"c\"", "c"))).RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        (await engine.GetInstanceAsync("c", Scenario.Soon())).ShouldBeNull();
        await engine.RaiseEventAsync("a", "go", "\"x\"", Scenario.Soon());
        await engine.WaitForInstanceCompletionAsync("a", Scenario.Soon());
        await engine.BeginAsync("waits", "\"c\"", "c");
    }

    [Fact]
    public async Task No_more_activities_run_at_once_than_allowed()
    {
        await using var engine = await MemoryEngine.StartAsync(
            new MemoryWorkflowHistory(_clock), Scenario.Catalog(_probe), MemoryEngine.Options with { MaxConcurrentActivities = 2 }, _clock);
        await engine.BeginAsync("fans-out", "6");
        for (var i = 0; i < 6; i++)
        {
            await _probe.WaitAsync($"began {i}");
            var underWay = _probe.Notes.Count(n => n.StartsWith("began", StringComparison.Ordinal)) - _probe.Notes.Count(n => n.StartsWith("ended", StringComparison.Ordinal));
            underWay.ShouldBeLessThanOrEqualTo(2);
            _probe.Signal($"release {i}");
        }

        (await engine.WaitForInstanceCompletionAsync("x", Scenario.Soon())).Output.ShouldBe("6");
    }

    [Fact]
    public async Task Runs_that_wait_leave_memory_beyond_the_limit_and_come_back_when_needed()
    {
        var history = new FaultyHistory(new MemoryWorkflowHistory(TimeProvider.System));
        await using var engine = await MemoryEngine.StartAsync(history, Scenario.Catalog(_probe), MemoryEngine.Options with { MaxLoadedRuns = 3 });
        for (var i = 0; i < 20; i++)
        {
            await engine.BeginAsync("waits", $"\"{i}\"", $"r{i}");
        }

        var cancel = Scenario.Soon();
        for (var i = 0; history.Loads == 0; i++)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                await engine.RaiseEventAsync($"r{i % 20}", "nobody waits for it", null, cancel);
            }
            catch (EngineOverloadedException)
            {
                // More than the engine works off on a busy machine: it goes on with what it has.
                await Task.Yield();
            }
        }

        for (var i = 0; i < 20; i++)
        {
            await engine.RaiseEventAsync($"r{i}", "go", $"\"{i}\"", Scenario.Soon());
            (await engine.WaitForInstanceCompletionAsync($"r{i}", Scenario.Soon())).Output.ShouldBe($"\"{i}\"");
        }

        _probe.Notes.Count.ShouldBe(20);
    }

    [Fact]
    public async Task A_message_quicker_than_the_answer_to_the_start_does_no_harm()
    {
        var history = new FaultyHistory(new MemoryWorkflowHistory(TimeProvider.System));
        await using var engine = await MemoryEngine.StartAsync(history, Scenario.Catalog(_probe));
        history.Created = async () =>
        {
            await engine.RaiseEventAsync("x", "go", "\"early\"", Scenario.Soon());
            await engine.RaiseEventAsync("x", "more", null, Scenario.Soon());
            await engine.RunElsewhereAsync(history);
        };
        (await engine.RunAsync("waits", "\"a\"")).Output.ShouldBe("\"early\"");
        _probe.Notes.ShouldBe(["elsewhere", "a"]);
        engine.Completion.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task An_event_over_the_limit_of_one_run_is_refused_and_others_go_on()
    {
        await using var engine = await MemoryEngine.StartAsync(
            new MemoryWorkflowHistory(TimeProvider.System), Scenario.Catalog(_probe), MemoryEngine.Options with { MaxWaitingEvents = 3 });
        await engine.BeginAsync("waits", "\"a\"");
        await _probe.WaitAsync("a");
        await engine.SuspendInstanceAsync("x", null, Scenario.Soon());
        await engine.UntilAsync("x", WorkflowStatus.Suspended);

        // One that a turn has in hand is not counted for that moment, so that a few more may be taken.
        (await Should.ThrowAsync<EngineOverloadedException>(async () =>
        {
            for (var i = 0; i < 30; i++)
            {
                await engine.RaiseEventAsync("x", "more", "1", Scenario.Soon());
            }
        })).RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        (await engine.RunAsync("sleeps", "0", "other")).Status.ShouldBe(WorkflowStatus.Completed);

        await engine.ResumeInstanceAsync("x", null, Scenario.Soon());
        await RaiseWhenTakenAsync(engine);
        (await engine.WaitForInstanceCompletionAsync("x", Scenario.Soon())).Output.ShouldBe("\"go on\"");
    }

    static async Task RaiseWhenTakenAsync(InProcessEngine engine)
    {
        for (var soon = Scenario.Soon(); ; soon.ThrowIfCancellationRequested())
        {
            try
            {
                await engine.RaiseEventAsync("x", "go", "\"go on\"", soon);
                return;
            }
            catch (EngineOverloadedException)
            {
                await Task.Yield();
            }
        }
    }
}
