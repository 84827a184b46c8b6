using ServerlessSync.Mesh.Workflows.Engine;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

public abstract partial class EngineConformance
{
    /// <summary>A text of this length is, with its quotes, a payload at the limit.</summary>
    const int LongestText = WorkflowLimits.PayloadBytes - 2;

    [Theory]
    [InlineData("big-activity-result")]
    [InlineData("big-child-input")]
    [InlineData("big-sent-event")]
    public async Task What_a_workflow_hands_over_is_taken_at_the_limit_and_fails_beyond_it_naming_the_limit(string workflow)
    {
        Assert.Equal("taken", Output<string>(await RunAsync(workflow, LongestText)));
        Assert.Contains("32768", Output<string>(await RunAsync(workflow, LongestText + 1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_input_of_a_next_generation_beyond_the_limit_fails_the_call_and_names_the_limit() =>
        Assert.Contains("32768", Output<string>(await RunAsync("big-continuation", LongestText + 1)), StringComparison.Ordinal);

    [Fact]
    public async Task A_childs_id_at_the_limit_is_taken_and_a_longer_one_is_refused()
    {
        Assert.Equal("taken", Output<string>(await RunAsync("long-child-id", WorkflowLimits.InstanceIdChars)));
        Assert.Contains("no instance id", Output<string>(await RunAsync("long-child-id", WorkflowLimits.InstanceIdChars + 1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_at_the_limit_is_taken_and_a_longer_one_is_refused()
    {
        var longest = new string('i', WorkflowLimits.InstanceIdChars);
        Assert.Equal(StartResult.Started, await Client.ScheduleNewOrchestrationInstanceAsync("echo", "\"x\"", longest, Soon()));
        await EndAsync(longest);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Client.ScheduleNewOrchestrationInstanceAsync("echo", "\"x\"", longest + "i", Soon()));
    }

    [Fact]
    public async Task An_input_nested_to_the_limit_is_taken_and_a_deeper_one_is_refused_naming_the_limit()
    {
        var deepest = new string('[', WorkflowLimits.PayloadDepth) + new string(']', WorkflowLimits.PayloadDepth);
        await Client.ScheduleNewOrchestrationInstanceAsync("waits-for", deepest, "deep", Soon());
        var refused = await Assert.ThrowsAnyAsync<ArgumentException>(() =>
            Client.ScheduleNewOrchestrationInstanceAsync("waits-for", $"[{deepest}]", "deeper", Soon()));
        Assert.Contains("32 levels", refused.Message, StringComparison.Ordinal);
        Assert.Null(await Client.GetInstanceAsync("deeper", Soon()));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("nul")]
    [InlineData("{} {}")]
    public Task An_event_that_is_no_json_is_refused(string payload) =>
        Assert.ThrowsAnyAsync<ArgumentException>(() => Client.RaiseEventAsync("nobody", "go", payload, Soon()));

    [Fact]
    public async Task A_turn_that_asks_for_more_than_a_generation_holds_fails_and_does_none_of_it()
    {
        var run = await RunAsync("wide-turn", WorkflowLimits.HistoryEvents);
        Assert.Equal(WorkflowStatus.Failed, run.Status);
        Assert.Contains("1000 history events", run.Failure!.ErrorMessage, StringComparison.Ordinal);
        Assert.InRange(_probe.Notes.Count, 0, Takes(EngineLeeway.LongTurnBegun) ? WorkflowLimits.HistoryEvents / 2 : 0);
    }
}
