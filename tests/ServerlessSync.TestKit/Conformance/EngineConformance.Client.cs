using ServerlessSync.Mesh.Workflows.Engine;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public async Task An_id_is_started_once_whatever_became_of_its_run()
    {
        var run = await RunAsync("echo", "x");
        Assert.Equal(StartResult.AlreadyExists, await Client.ScheduleNewOrchestrationInstanceAsync("echo", "\"y\"", run.InstanceId, Soon()));
        Assert.Equal("\"x\"", (await Client.GetInstanceAsync(run.InstanceId, Soon()))!.Output);
    }

    [Fact]
    public async Task Of_many_starts_of_one_id_one_wins()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ =>
            Task.Run(() => Client.ScheduleNewOrchestrationInstanceAsync("sequence", "1", "contended", Soon()))));
        Assert.Single(answers, a => a == StartResult.Started);
        Assert.Equal(6, Output<int>(await EndAsync("contended")));
    }

    [Fact]
    public Task An_unknown_workflow_is_refused() =>
        Assert.ThrowsAnyAsync<ArgumentException>(() => Client.ScheduleNewOrchestrationInstanceAsync("no-such", null, "x", Soon()));

    [Theory]
    [InlineData("")]
    [InlineData("@x")]
    [InlineData("a/b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a%b")]
    [InlineData("a+b")]
    public Task An_id_no_store_accepts_is_refused(string id) =>
        Assert.ThrowsAnyAsync<ArgumentException>(() => Client.ScheduleNewOrchestrationInstanceAsync("echo", "\"x\"", id, Soon()));

    [Fact]
    public async Task An_input_over_the_limit_is_refused_and_one_at_the_limit_is_not()
    {
        var fits = $"\"{new string('x', WorkflowLimits.PayloadBytes - 2)}\"";
        await Assert.ThrowsAnyAsync<ArgumentException>(() =>
            Client.ScheduleNewOrchestrationInstanceAsync("echo", fits.Replace("\"x", "\"xx", StringComparison.Ordinal), "large", Soon()));
        Assert.Null(await Client.GetInstanceAsync("large", Soon()));
        await Client.ScheduleNewOrchestrationInstanceAsync("echo", fits, "large", Soon());
        Assert.Equal(fits, (await EndAsync("large")).Output);
    }

    [Fact]
    public async Task An_event_over_the_limit_is_refused()
    {
        var id = await BeginAsync("waits-for", Texts("go"));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => RaiseAsync(id, "go", new string('x', WorkflowLimits.PayloadBytes)));
        await RaiseAsync(id, "go", "small");
        Assert.Equal(Texts("small"), Output<string[]>(await EndAsync(id)), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_result_over_the_limit_fails_the_run_and_names_the_limit()
    {
        var run = await RunAsync("big-result", WorkflowLimits.PayloadBytes);
        Assert.Equal(WorkflowStatus.Failed, run.Status);
        Assert.Contains("32768", run.Failure!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_activity_input_over_the_limit_fails_the_call()
    {
        Assert.Contains("32768", Output<string>(await RunAsync("big-input", WorkflowLimits.PayloadBytes)), StringComparison.Ordinal);
        Assert.Empty(_probe.Notes);
        Assert.Equal("32766", Output<string>(await RunAsync("big-input", WorkflowLimits.PayloadBytes - 2)));
    }

    [Fact]
    public async Task A_custom_status_over_the_limit_fails_the_call()
    {
        var run = await RunAsync("big-status", WorkflowLimits.CustomStatusBytes);
        Assert.Equal(WorkflowStatus.Failed, run.Status);
        Assert.Contains("16384", run.Failure!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_generation_longer_than_the_history_limit_fails_with_the_reason()
    {
        var run = await RunAsync("long-loop", 600);
        Assert.Equal(WorkflowStatus.Failed, run.Status);
        Assert.Contains("1000 history events", run.Failure!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_custom_status_is_shown()
    {
        var id = await BeginAsync("shows-status", "half way");
        await _probe.WaitAsync("began status set");
        Assert.Equal("{\"phase\":\"half way\"}", (await Client.GetInstanceAsync(id, Soon()))!.CustomStatus);
        await RaiseAsync(id, "go", "x");
        Assert.Equal("{\"phase\":\"half way\"}", (await EndAsync(id)).CustomStatus);
    }

    [Fact]
    public async Task A_run_that_has_ended_is_answered_at_once_and_tells_what_it_was()
    {
        var first = await RunAsync("echo", "x");
        var again = await EndAsync(first.InstanceId);
        Assert.Equal(("echo", WorkflowStatus.Completed, "\"x\"", "\"x\""), (again.Name, again.Status, again.Input, again.Output));
        Assert.True(again.LastUpdatedAt >= again.CreatedAt);
    }

    [Fact]
    public async Task Everybody_who_waits_for_a_run_is_told()
    {
        var id = await BeginAsync("waits-for", Texts("go"));
        var waits = Enumerable.Range(0, 8).Select(_ => EndAsync(id)).ToList();
        await RaiseAsync(id, "go", "x");
        Assert.All(await Task.WhenAll(waits), run => Assert.Equal(WorkflowStatus.Completed, run.Status));
    }

    [Fact]
    public async Task Waiting_for_a_run_can_be_given_up()
    {
        var id = await BeginAsync("waits-for", Texts("go"));
        using var cancel = new CancellationTokenSource();
        var wait = Client.WaitForInstanceCompletionAsync(id, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        await RaiseAsync(id, "go", "x");
        Assert.Equal(WorkflowStatus.Completed, (await EndAsync(id)).Status);
    }

    [Fact]
    public async Task Runs_are_listed_page_by_page_in_the_order_of_their_ids()
    {
        string[] names = ["p-3", "p-1", "q-1", "p-2"];
        foreach (var id in names)
        {
            await Client.ScheduleNewOrchestrationInstanceAsync("echo", "\"x\"", id, Soon());
            await EndAsync(id);
        }

        var query = new WorkflowInstanceQuery { InstanceIdPrefix = "p-", PageSize = 2, Statuses = [WorkflowStatus.Completed] };
        var first = await Client.GetAllInstancesAsync(query, Soon());
        var second = await Client.GetAllInstancesAsync(query with { ContinuationToken = first.ContinuationToken }, Soon());
        var listed = first.Instances.Concat(second.Instances).Select(i => i.InstanceId);
        Assert.Equal(Texts("p-1", "p-2", "p-3"), Takes(EngineLeeway.ListUnordered) ? listed.Order(StringComparer.Ordinal) : listed, StringComparer.Ordinal);
        Assert.Equal(2, first.Instances.Count);
        Assert.Null(second.ContinuationToken);
        Assert.All(first.Instances, i => Assert.Null(i.Output));
    }

    [Fact]
    public async Task Many_runs_at_once_all_come_to_their_own_end()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 200).Select(async n =>
        {
            var id = $"many-{n}";
            await Client.ScheduleNewOrchestrationInstanceAsync("sequence", Json(n), id, Soon());
            return Output<int>(await EndAsync(id));
        }));
        Assert.Equal(Enumerable.Range(5, 200), runs);
    }
}
