using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>What is stored for one run is damaged: it is set aside, and the others go on.</summary>
public sealed class DamagedHistoryTests
{
    readonly Probe _probe = new();
    readonly MemoryWorkflowHistory _memory = new(TimeProvider.System);

    [Fact]
    public async Task A_run_whose_history_is_damaged_is_held_once_and_taken_up_when_it_was_restored()
    {
        await BeginAsync("bad", "good");
        var history = new FaultyHistory(_memory.OpenAnother()) { BeforeLoad = Damaged };
        await using (var engine = await MemoryEngine.StartAsync(history, Scenario.Catalog(_probe)))
        {
            var held = await engine.UntilAsync("bad", WorkflowStatus.Held);
            held.Failure!.ErrorType.ShouldBe("DamagedHistory");
            held.Failure.ErrorMessage.ShouldContain("row 7 is damaged");
            await engine.RaiseEventAsync("good", "go", "\"on\"", Scenario.Soon());
            (await engine.WaitForInstanceCompletionAsync("good", Scenario.Soon())).Output.ShouldBe("\"on\"");
            (await engine.GetAllInstancesAsync(new() { Statuses = [WorkflowStatus.Held] }, Scenario.Soon())).Instances
                .ShouldHaveSingleItem().InstanceId.ShouldBe("bad");
            history.Loads.ShouldBe(2, "one load a run: a damaged one is not tried again");
            (await engine.RaiseEventAsync("bad", "go", "\"kept\"", Scenario.Soon())).ShouldBe(SignalResult.Accepted);
            engine.Completion.IsCompleted.ShouldBeFalse();
        }

        await using var restored = await MemoryEngine.StartAsync(_memory.OpenAnother(), Scenario.Catalog(_probe));
        (await restored.WaitForInstanceCompletionAsync("bad", Scenario.Soon())).Output.ShouldBe("\"kept\"");
        _probe.Notes.Order(StringComparer.Ordinal).ShouldBe(["bad", "good"]);
    }

    [Fact]
    public async Task Of_a_run_whose_state_cannot_be_read_at_all_the_reason_is_shown()
    {
        await BeginAsync("bad");
        await using var engine = await MemoryEngine.StartAsync(new Unreadable(_memory.OpenAnother()), Scenario.Catalog(_probe));
        var held = (await engine.GetInstanceAsync("bad", Scenario.Soon()))!;
        (held.Status, held.Failure!.ErrorType).ShouldBe((WorkflowStatus.Held, "DamagedHistory"));
        (await engine.GetInstanceAsync("nobody", Scenario.Soon())).ShouldBeNull();
    }

    [Fact]
    public async Task Events_and_messages_that_are_no_events_hold_their_run_alone()
    {
        await BeginAsync("good");
        var door = _memory.OpenAnother();
        await door.AcquireAsync(MemoryEngine.Owner, TimeSpan.FromSeconds(1), Scenario.Soon());
        var good = (await door.GetAsync("good", Scenario.Soon()))!;
        await door.CreateAsync(new(good with { InstanceId = "events" }, ["{\"k\":77}"u8.ToArray()]), Scenario.Soon());
        await door.CreateAsync(new(good with { InstanceId = "message" }, []), Scenario.Soon());
        await door.AddMessageAsync("message", "no json"u8.ToArray(), Scenario.Soon());

        await using var engine = await MemoryEngine.StartAsync(_memory.OpenAnother(), Scenario.Catalog(_probe));
        foreach (var id in new[] { "events", "message" })
        {
            (await engine.UntilAsync(id, WorkflowStatus.Held)).Failure!.ErrorMessage.ShouldContain($"Event 1 stored for run '{id}' is damaged");
        }

        await engine.RaiseEventAsync("good", "go", "\"on\"", Scenario.Soon());
        (await engine.WaitForInstanceCompletionAsync("good", Scenario.Soon())).Output.ShouldBe("\"on\"");
    }

    [Fact]
    public async Task A_parent_waits_for_a_child_whose_history_is_damaged()
    {
        var catalog = Scenario.Catalog(_probe).AddWorkflow<Parent, string, string>("parent");
        await using (var first = await MemoryEngine.StartAsync(_memory, catalog))
        {
            await first.BeginAsync("parent", "\"bad\"");
            await _probe.WaitAsync("bad");
        }

        var history = new FaultyHistory(_memory.OpenAnother()) { BeforeLoad = Damaged };
        await using (var engine = await MemoryEngine.StartAsync(history, catalog))
        {
            await engine.UntilAsync("bad", WorkflowStatus.Held);
            (await engine.GetInstanceAsync("x", Scenario.Soon()))!.Status.ShouldBe(WorkflowStatus.Running);
        }

        await using var restored = await MemoryEngine.StartAsync(_memory.OpenAnother(), catalog);
        await restored.RaiseEventAsync("bad", "go", "\"well\"", Scenario.Soon());
        (await restored.WaitForInstanceCompletionAsync("x", Scenario.Soon())).Output.ShouldBe("\"well\"");
    }

    static StoreException? Damaged(string id) => id == "bad" ? new StoreException(StoreFailure.Corrupt, "row 7 is damaged") : null;

    async Task BeginAsync(params string[] ids)
    {
        await using var first = await MemoryEngine.StartAsync(_memory, Scenario.Catalog(_probe));
        foreach (var id in ids)
        {
            await first.BeginAsync("waits", $"\"{id}\"", id);
            await _probe.WaitAsync(id);
        }
    }

    sealed class Unreadable(IWorkflowHistory inner) : DelegatingHistory(inner)
    {
        public override Task<StoredInstance?> LoadAsync(string instanceId, CancellationToken cancellationToken) =>
            Damaged(instanceId) is { } e ? Task.FromException<StoredInstance?>(e) : base.LoadAsync(instanceId, cancellationToken);

        public override Task<WorkflowInstance?> GetAsync(string instanceId, CancellationToken cancellationToken) =>
            Damaged(instanceId) is { } e ? Task.FromException<WorkflowInstance?>(e) : base.GetAsync(instanceId, cancellationToken);
    }

    sealed class Parent : IWorkflow<string, string>
    {
        public Task<string> RunAsync(WorkflowContext context, string input) =>
            context.CallSubOrchestratorAsync<string>("waits", input, input);
    }
}
