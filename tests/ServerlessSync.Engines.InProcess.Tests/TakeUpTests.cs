using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>A start over many runs that have not ended, counted at the history.</summary>
public sealed class TakeUpTests
{
    const int Runs = 500;
    readonly Probe _probe = new();
    readonly MemoryWorkflowHistory _memory = new(TimeProvider.System);

    [Fact]
    public async Task No_more_runs_are_loaded_at_once_than_allowed_and_new_work_is_not_held_up()
    {
        await StoreAsync("waits", Runs);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var history = new FaultyHistory(_memory.OpenAnother()) { LoadsGoOn = go.Task };
        await using var engine = await MemoryEngine.StartAsync(
            history, Scenario.Catalog(_probe), MemoryEngine.Options with { MaxRunsTakenUpAtOnce = 4, MaxLoadedRuns = 20 });
        await engine.BeginAsync("waits", "\"new\"", "new");
        await engine.RaiseEventAsync("new", "go", "\"done\"", Scenario.Soon());
        (await engine.WaitForInstanceCompletionAsync("new", Scenario.Soon())).Output.ShouldBe("\"done\"");
        history.Loads.ShouldBeLessThanOrEqualTo(4);

        go.SetResult();
        for (var i = 0; i < Runs; i++)
        {
            await _probe.WaitAsync($"{i}");
        }

        await engine.RaiseEventAsync($"r{Runs - 1:D4}", "go", "\"done\"", Scenario.Soon());
        await engine.WaitForInstanceCompletionAsync($"r{Runs - 1:D4}", Scenario.Soon());
        history.MostLoadsAtOnce.ShouldBeLessThanOrEqualTo(4 + 1, "the event may load its run beside those taken up");
        Progress.Show($"start: {Runs} runs taken up, at most {history.MostLoadsAtOnce} loaded at once");
    }

    [Fact]
    public async Task Runs_that_cannot_leave_memory_hold_up_those_not_taken_up_yet()
    {
        await StoreAsync("holds", 40);
        var history = new FaultyHistory(_memory.OpenAnother());
        await using var engine = await MemoryEngine.StartAsync(
            history, Scenario.Catalog(_probe), MemoryEngine.Options with { MaxRunsTakenUpAtOnce = 4, MaxLoadedRuns = 6 });
        await _probe.WaitAsync("began 0");
        await engine.RunElsewhereAsync(history);
        history.Loads.ShouldBeLessThanOrEqualTo(10, "six, the one that found room last, and the run elsewhere each time it was evicted");
        for (var i = 0; i < 40; i++)
        {
            await _probe.WaitAsync($"began {i}");
            _probe.Signal($"release {i}");
        }

        for (var i = 0; i < 40; i++)
        {
            (await engine.WaitForInstanceCompletionAsync($"r{i:D4}", Scenario.Soon())).Output.ShouldBe("\"next\"");
        }
    }

    [Fact]
    public async Task Runs_found_at_the_start_count_before_anything_new_is_accepted()
    {
        await StoreAsync("waits", 3);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var history = new FaultyHistory(_memory.OpenAnother()) { LoadsGoOn = go.Task };
        await using var engine = await MemoryEngine.StartAsync(
            history, Scenario.Catalog(_probe), MemoryEngine.Options with { MaxUnfinishedRuns = 3, MaxRunsTakenUpAtOnce = 1 });
        await Should.ThrowAsync<EngineOverloadedException>(() => engine.BeginAsync("waits", "\"new\"", "new"));
        go.SetResult();
    }

    [Fact]
    public async Task A_list_of_runs_that_breaks_off_is_read_again_and_no_run_is_forgotten()
    {
        await StoreAsync("waits", 50);
        var history = new BreaksOff(_memory.OpenAnother());
        await using var engine = await MemoryEngine.StartAsync(history, Scenario.Catalog(_probe));
        for (var i = 0; i < 50; i++)
        {
            await _probe.WaitAsync($"{i}");
        }

        _probe.Notes.Count.ShouldBe(50);
    }

    [Fact]
    public async Task An_engine_stopped_while_it_takes_runs_up_leaves_the_rest_to_the_next()
    {
        await StoreAsync("waits", 100);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var history = new FaultyHistory(_memory.OpenAnother()) { LoadsGoOn = go.Task };
        var first = await MemoryEngine.StartAsync(history, Scenario.Catalog(_probe), MemoryEngine.Options with { MaxRunsTakenUpAtOnce = 2 });
        var stop = first.StopAsync();
        go.SetResult();
        await stop;
        history.Loads.ShouldBeLessThanOrEqualTo(2);

        await using var second = await MemoryEngine.StartAsync(_memory.OpenAnother(), Scenario.Catalog(_probe));
        for (var i = 0; i < 100; i++)
        {
            await _probe.WaitAsync($"{i}");
        }
    }

    async Task StoreAsync(string workflow, int runs)
    {
        await _memory.AcquireAsync(MemoryEngine.Owner, TimeSpan.FromSeconds(1), Scenario.Soon());
        for (var i = 0; i < runs; i++)
        {
            var run = new WorkflowInstance
            {
                InstanceId = $"r{i:D4}",
                Name = workflow,
                Version = "1",
                Status = WorkflowStatus.Pending,
                CreatedAt = DateTimeOffset.UnixEpoch,
                LastUpdatedAt = DateTimeOffset.UnixEpoch,
                Input = $"\"{i}\"",
            };
            await _memory.CreateAsync(new(run, []), Scenario.Soon());
        }
    }

    /// <summary>Breaks off in the middle of every second listing.</summary>
    sealed class BreaksOff(IWorkflowHistory inner) : DelegatingHistory(inner)
    {
        int _listings;

        public override async IAsyncEnumerable<string> ReadUnfinishedAsync(
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var breaks = ++_listings == 2;
            var read = 0;
            await foreach (var id in base.ReadUnfinishedAsync(cancellationToken))
            {
                if (breaks && ++read > 20)
                {
                    throw new StoreException(StoreFailure.Unavailable, "away");
                }

                yield return id;
            }
        }
    }
}
