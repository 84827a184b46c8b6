using System.Globalization;
using ServerlessSync.Mesh.Workflows.Engine;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public async Task A_sequence_of_activities_hands_each_result_on() =>
        Assert.Equal(6, Output<int>(await RunAsync("sequence", 1)));

    [Fact]
    public async Task Parallel_activities_keep_the_order_of_their_calls_and_names_ignore_case() =>
        Assert.Equal(Enumerable.Range(1, 40), Output<int[]>(await RunAsync("fan-out", 40)));

    [Fact]
    public async Task A_failing_activity_is_data_to_the_workflow() =>
        Assert.Equal("fail|System.InvalidOperationException|went wrong", Output<string>(await RunAsync("catches", "fail")));

    [Fact]
    public async Task An_unknown_activity_fails_its_task() =>
        Assert.StartsWith("no-such|", Output<string>(await RunAsync("catches", "no-such")), StringComparison.Ordinal);

    [Fact]
    public async Task A_workflow_that_throws_fails_with_what_it_threw()
    {
        var run = await RunAsync("throws", "broken");
        Assert.Equal(WorkflowStatus.Failed, run.Status);
        Assert.Equal(new WorkflowFailure("System.InvalidOperationException", "broken"), run.Failure);
        Assert.Null(run.Output);
    }

    [Fact]
    public async Task Each_activity_runs_once_when_nothing_fails()
    {
        var id = await BeginAsync("notes-and-waits", Texts("a", "b", "c"));
        await _probe.WaitAsync("began c");
        await RaiseAsync(id, "go", "x");
        await EndAsync(id);
        Assert.Equal(Texts("began a", "began b", "began c"), _probe.Notes, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_run_ends_only_when_the_activity_it_left_behind_has_ended()
    {
        var id = await BeginAsync("leaves-held", "slow");
        await _probe.WaitAsync("began code returns");
        Assert.False((await Client.GetInstanceAsync(id, Soon()))!.HasEnded);
        _probe.Signal("release slow");
        Assert.Equal("returned", Output<string>(await EndAsync(id)));
        Assert.True(_probe.Has("ended slow"));
    }

    [Fact]
    public async Task A_run_does_not_wait_for_a_timer_it_left_behind() =>
        Assert.Equal("returned", Output<string>(await RunAsync("leaves-timer", "")));

    [Fact]
    public async Task Timers_fire_in_the_order_of_their_times_and_never_early()
    {
        var order = Output<int[]>(await RunAsync("timers", 5));
        Assert.Equal(Enumerable.Range(1, 5), Takes(EngineLeeway.TimersUnordered) ? order.Order() : order);
    }

    [Fact]
    public async Task A_timer_that_comes_first_lets_the_event_be_given_up() =>
        Assert.Equal("timer, event cancelled True", Output<string>(await RunAsync("timer-or-event", 1)));

    [Fact]
    public async Task An_event_that_comes_first_cancels_the_timer()
    {
        var id = await BeginAsync("timer-or-event", 3_600_000);
        await _probe.WaitAsync("began waits");
        await RaiseAsync(id, "go", "here");
        Assert.Equal("here, timer cancelled True", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task A_child_run_gives_its_result_to_its_parent() =>
        Assert.Equal("child said hello", Output<string>(await RunAsync("parent", Texts("echo", "hello"))));

    [Fact]
    public async Task A_child_that_fails_fails_the_task_of_its_parent() =>
        Assert.Equal("throws failed: no luck", Output<string>(await RunAsync("parent", Texts("throws", "no luck"))));

    [Fact]
    public async Task A_child_of_an_unknown_workflow_fails_the_task() =>
        Assert.StartsWith("no-such failed: ", Output<string>(await RunAsync("parent", Texts("no-such", ""))), StringComparison.Ordinal);

    [Fact]
    public async Task A_child_runs_under_the_id_it_was_given() =>
        Assert.Equal("child said my-child", Output<string>(await RunAsync("parent", Texts("echo", "id", "my-child"))));

    [Fact]
    public async Task A_child_without_an_id_gets_one_every_store_accepts()
    {
        var text = Output<string>(await RunAsync("parent", Texts("echo", "id")));
        Assert.True(WorkflowLimits.IsInstanceId(text["child said ".Length..]), text);
    }

    [Fact]
    public async Task A_child_whose_id_is_taken_fails_the_task()
    {
        var taken = await BeginAsync("waits-for", Texts("go"));
        if (Takes(EngineLeeway.ChildIdUnchecked))
        {
            return;
        }

        var run = await RunAsync("parent", Texts("echo", "x", taken));
        Assert.StartsWith("echo failed: ", Output<string>(run), StringComparison.Ordinal);
        Assert.Equal(SignalResult.Accepted, await RaiseAsync(taken, "go", "still there"));
        await EndAsync(taken);
    }

    [Fact]
    public async Task A_terminated_child_fails_the_task()
    {
        var id = await BeginAsync("parent", Texts("shows-status", "x", "doomed-child"));
        await _probe.WaitAsync("began status set");
        await Client.TerminateInstanceAsync("doomed-child", "enough", Soon());
        Assert.StartsWith("shows-status failed: ", Output<string>(await EndAsync(id)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_ids_differ_from_each_other_and_between_runs_and_stay_the_same_under_replay()
    {
        var one = Output<Guid[]>(await RunAsync("makes-ids", ""));
        var two = Output<Guid[]>(await RunAsync("makes-ids", ""));
        Assert.Equal(6, one.Concat(two).Distinct().Count());
        Assert.True(_probe.Has($"began {one[0]}"));
        Assert.True(_probe.Has($"began {two[0]}"));
    }

    [Fact]
    public async Task The_time_of_a_turn_is_recorded_and_never_goes_back()
    {
        var times = Output<DateTimeOffset[]>(await RunAsync("clock", ""));
        Assert.Equal(times.Order(), times);
        Assert.True(_probe.Has($"began {times[0].UtcTicks.ToString(CultureInfo.InvariantCulture)}"));
    }

    [Fact]
    public async Task A_run_begins_with_the_version_added_last()
    {
        var run = await RunAsync("version-of", "");
        Assert.Equal("7", Output<string>(run));
        Assert.Equal("7", run.Version);
    }

    [Fact]
    public async Task A_run_that_waits_for_a_foreign_task_fails()
    {
        if (Takes(EngineLeeway.ForeignTaskUnseen))
        {
            await UntilAsync(await BeginAsync("foreign-wait", ""), r => r.Status == WorkflowStatus.Running);
            return;
        }

        var run = await RunAsync("foreign-wait", "");
        Assert.Equal(WorkflowStatus.Failed, run.Status);
        Assert.Contains("did not issue", run.Failure!.ErrorMessage, StringComparison.Ordinal);
    }
}
