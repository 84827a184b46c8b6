using ServerlessSync.Mesh.Workflows.Engine;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public async Task Events_are_kept_until_awaited_and_their_names_ignore_case()
    {
        var id = await BeginAsync("waits-for", Texts("first", "second"));
        await RaiseAsync(id, "SECOND", "2");
        await RaiseAsync(id, "First", "1");
        Assert.Equal(Texts("1", "2"), Output<string[]>(await EndAsync(id)), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Kept_events_of_one_name_are_taken_oldest_first()
    {
        var id = await BeginAsync("waits-for", Texts("last", "e", "e", "e"));
        foreach (var n in Texts("1", "2", "3"))
        {
            await RaiseAsync(id, "e", n);
        }

        await RaiseAsync(id, "last", "0");
        Assert.Equal(Texts("0", "1", "2", "3"), Output<string[]>(await EndAsync(id)), StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_newest_waiter_gets_the_event()
    {
        var id = await BeginAsync("two-waiters", "");
        await _probe.WaitAsync("began both wait");
        await RaiseAsync(id, "go", "sent first");
        await RaiseAsync(id, "go", "sent second");
        Assert.Equal(Texts("sent second", "sent first"), Output<string[]>(await EndAsync(id)), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_waiter_gets_no_event()
    {
        var id = await BeginAsync("cancelled-waiter", "");
        await _probe.WaitAsync("began one waits");
        await RaiseAsync(id, "go", "x");
        Assert.Equal("True x", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task An_event_to_a_run_that_has_ended_is_lost()
    {
        var run = await RunAsync("echo", "x");
        Assert.Equal(SignalResult.Ended, await RaiseAsync(run.InstanceId, "go", "late"));
    }

    [Fact]
    public async Task A_signal_to_an_unknown_run_is_answered_so()
    {
        Assert.Equal(SignalResult.NotFound, await RaiseAsync("nobody", "go", "x"));
        Assert.Equal(SignalResult.NotFound, await Client.SuspendInstanceAsync("nobody", null, Soon()));
        Assert.Equal(SignalResult.NotFound, await Client.TerminateInstanceAsync("nobody", null, Soon()));
        Assert.Null(await Client.GetInstanceAsync("nobody", Soon()));
    }

    [Fact]
    public async Task A_workflow_sends_an_event_to_another_run()
    {
        var id = await BeginAsync("waits-for", Texts("news"));
        await RunAsync("sends", Texts(id, "News", "hello"));
        Assert.Equal(Texts("hello"), Output<string[]>(await EndAsync(id)), StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_event_sent_to_nobody_is_lost_without_a_word() =>
        Assert.Equal("sent", Output<string>(await RunAsync("sends", Texts("nobody", "news", "hello"))));

    [Fact]
    public async Task Continuing_as_new_takes_the_new_input_each_time()
    {
        var run = await RunAsync("counts-down", 20);
        Assert.Equal("done", Output<string>(run));
        Assert.Equal("1", run.Input);
    }

    [Fact]
    public async Task Continuing_as_new_keeps_events_nobody_took()
    {
        var id = await BeginAsync("keeps-events", 0);
        await RaiseAsync(id, "early", "kept");
        await RaiseAsync(id, "next", "");
        Assert.Equal("kept", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task Continuing_as_new_drops_events_when_asked()
    {
        var id = await BeginAsync("drops-events", 0);
        await RaiseAsync(id, "early", "dropped");
        await RaiseAsync(id, "next", "");
        await _probe.WaitAsync("began second generation");
        await RaiseAsync(id, "early", "later");
        Assert.Equal("later", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task A_suspended_run_takes_no_turn_until_resumed()
    {
        var id = await BeginAsync("notes-and-waits", Texts("a"));
        await _probe.WaitAsync("began a");
        await Client.SuspendInstanceAsync(id, "wait", Soon());
        await UntilAsync(id, r => r.Status == WorkflowStatus.Suspended);
        await RaiseAsync(id, "go", "kept meanwhile");
        await RunAsync("sequence", 1);
        Assert.Equal(WorkflowStatus.Suspended, (await Client.GetInstanceAsync(id, Soon()))!.Status);
        await Client.ResumeInstanceAsync(id, "go on", Soon());
        Assert.Equal("kept meanwhile", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task An_activity_under_way_at_a_suspend_ends_and_its_result_is_kept()
    {
        var id = await BeginAsync("leaves-held", "slow");
        await _probe.WaitAsync("began slow");
        await Client.SuspendInstanceAsync(id, null, Soon());
        await UntilAsync(id, r => r.Status == WorkflowStatus.Suspended);
        _probe.Signal("release slow");
        await _probe.WaitAsync("ended slow");
        await Client.ResumeInstanceAsync(id, null, Soon());
        Assert.Equal("returned", Output<string>(await EndAsync(id)));
        Assert.Single(_probe.Notes, n => n == "began slow");
    }

    [Fact]
    public async Task Terminating_stops_a_run_hard_with_the_reason()
    {
        var id = await BeginAsync("waits-for", Texts("never"));
        Assert.Equal(SignalResult.Accepted, await Client.TerminateInstanceAsync(id, "enough", Soon()));
        var run = await EndAsync(id);
        Assert.Equal((WorkflowStatus.Terminated, "enough"), (run.Status, run.Output));
    }

    [Fact]
    public async Task A_suspended_run_can_be_terminated()
    {
        var id = await BeginAsync("waits-for", Texts("never"));
        await Client.SuspendInstanceAsync(id, null, Soon());
        await UntilAsync(id, r => r.Status == WorkflowStatus.Suspended);
        await Client.TerminateInstanceAsync(id, "enough", Soon());
        Assert.Equal(WorkflowStatus.Terminated, (await EndAsync(id)).Status);
    }

    [Fact]
    public async Task Terminating_a_parent_leaves_its_child_alone()
    {
        var id = await BeginAsync("parent", Texts("shows-status", "x", "orphan"));
        await _probe.WaitAsync("began status set");
        await Client.TerminateInstanceAsync(id, "enough", Soon());
        await EndAsync(id);
        Assert.Equal(SignalResult.Accepted, await RaiseAsync("orphan", "go", "on my own"));
        Assert.Equal("on my own", Output<string>(await EndAsync("orphan")));
    }
}
