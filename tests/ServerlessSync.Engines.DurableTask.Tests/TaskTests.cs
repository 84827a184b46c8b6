using Microsoft.DurableTask;

namespace ServerlessSync.Engines.DurableTask.Tests;

/// <summary>Activities, child runs and timers over Durable Task's context.</summary>
public sealed class TaskTests
{
    readonly FakeOrchestration _durable = new();

    [Fact]
    public async Task Values_cross_as_the_json_of_the_mesh()
    {
        var run = ScriptedRun.RunAsync(_durable, async context => await context.CallActivityAsync<Named>("note", new Named("in", null)));
        ScriptedRun.Text(_durable.Calls[0].Input).ShouldBe("""{"userName":"in"}""");
        _durable.Calls[0].End.SetResult(ScriptedRun.Json("""{"userName":"out","extra":1}"""));
        ScriptedRun.Text(await run).ShouldBe("""{"userName":"out"}""");
    }

    [Fact]
    public async Task Nothing_crosses_as_nothing()
    {
        var run = ScriptedRun.RunAsync(_durable, async context => await context.CallActivityAsync<string?>("note"));
        _durable.Calls[0].Input.ShouldBeNull();
        _durable.Calls[0].End.SetResult(null);
        (await run).ShouldBeNull();
    }

    [Fact]
    public void An_activity_is_asked_for_one_attempt()
    {
        _ = ScriptedRun.RunAsync(_durable, async context => await context.CallActivityAsync<string>("note", "x"));
        _durable.Calls[0].Options.ShouldBeNull("options are where retries would be asked for");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_is_data_to_the_workflow(bool child) =>
        (await FailAsync(child, new("Some.Type", "went wrong", "at Somewhere", null, null))).ShouldBe(new WorkflowFailure("Some.Type", "went wrong"));

    [Fact]
    public async Task A_failure_that_comes_without_details_is_data_all_the_same()
    {
        var failure = await FailAsync(child: true, null);
        failure.ErrorType.ShouldBe("Microsoft.DurableTask.TaskFailedException", "so Durable Task tells of a terminated child");
        failure.ErrorMessage.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void A_child_is_stamped_with_the_version_that_runs_begin_with()
    {
        _ = ScriptedRun.RunAsync(_durable, async context => await context.CallSubOrchestratorAsync<string>("versioned", "x", "my-child"));
        var options = _durable.Calls[0].Options.ShouldBeOfType<SubOrchestrationOptions>();
        (options.InstanceId, options.Version?.Version, options.Tags?["version"], options.Retry).ShouldBe(("my-child", "2", "2", null));
    }

    [Fact]
    public void A_child_of_an_unknown_workflow_is_left_for_Durable_Task_to_fail()
    {
        _ = ScriptedRun.RunAsync(_durable, async context => await context.CallSubOrchestratorAsync<string>("no-such"));
        var options = _durable.Calls[0].Options.ShouldBeOfType<SubOrchestrationOptions>();
        (options.InstanceId, options.Version, options.Tags).ShouldBe((null, null, null));
    }

    [Fact]
    public async Task A_childs_id_no_store_accepts_is_refused()
    {
        var run = ScriptedRun.RunAsync(_durable, async context => await context.CallSubOrchestratorAsync<string>("versioned", "x", "a/b"));
        (await Should.ThrowAsync<ArgumentException>(run)).Message.ShouldContain("no instance id");
        _durable.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Time_is_utc_and_a_timer_is_due_at_the_same_moment()
    {
        var run = ScriptedRun.RunAsync(_durable, async context =>
        {
            await context.CreateTimer(context.CurrentUtcDateTime.AddHours(1).ToOffset(TimeSpan.FromHours(5)), CancellationToken.None);
            return context.CurrentUtcDateTime;
        });
        (_durable.Timers[0].FireAt, _durable.Timers[0].FireAt.Kind).ShouldBe((new DateTime(2026, 3, 1, 13, 0, 0, DateTimeKind.Utc), DateTimeKind.Utc));
        _durable.Timers[0].End.SetResult();
        ScriptedRun.Text(await run).ShouldBe("\"2026-03-01T12:00:00+00:00\"");
    }

    /// <remarks>https://github.com/Azure/azure-functions-durable-extension/issues/2762</remarks>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_that_came_wrapped_by_the_host_is_told_as_itself(bool child)
    {
        var failure = new TaskFailureDetails("ServerlessSync.Away", "the store is away", null, null, null);
        var wrapped = new TaskFailureDetails(typeof(AggregateException).FullName!, "One or more errors occurred.", null, failure, null);
        (await FailAsync(child, wrapped)).ShouldBe(new WorkflowFailure("ServerlessSync.Away", "the store is away"));
        (await FailAsync(child, wrapped with { InnerFailure = null })).ErrorType.ShouldBe(typeof(AggregateException).FullName);
    }

    [Fact]
    public async Task A_cancelled_timer_ends_as_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        Task? timer = null;
        var run = ScriptedRun.RunAsync(_durable, async context =>
        {
            timer = context.CreateTimer(context.CurrentUtcDateTime.AddDays(1), cancel.Token);
            await Task.WhenAny(timer);
            return timer.IsCanceled;
        });
        await cancel.CancelAsync();
        ScriptedRun.Text(await run).ShouldBe("true");
        _durable.Timers[0].End.Task.IsCanceled.ShouldBeTrue();
    }

    [Fact]
    public async Task A_timer_left_behind_is_cancelled_and_nothing_goes_on_because_of_it()
    {
        var wentOn = false;
        Task? left = null;
        await ScriptedRun.RunAsync(_durable, context =>
        {
            left = LeaveAsync(context);
        });
        _durable.Timers[0].End.Task.IsCanceled.ShouldBeTrue("Durable Task would hold the run until it fires");
        (wentOn, left!.IsCompleted).ShouldBe((false, false));

        async Task LeaveAsync(WorkflowContext context)
        {
            try
            {
                await context.CreateTimer(context.CurrentUtcDateTime.AddDays(3), CancellationToken.None);
            }
            finally
            {
                wentOn = true;
            }
        }
    }

    async Task<WorkflowFailure> FailAsync(bool child, TaskFailureDetails? details)
    {
        WorkflowTaskFailedException? seen = null;
        var run = ScriptedRun.RunAsync(_durable, async context =>
        {
            try
            {
                return child ? await context.CallSubOrchestratorAsync<string>("versioned") : await context.CallActivityAsync<string>("versioned");
            }
            catch (WorkflowTaskFailedException e)
            {
                seen = e;
                return null;
            }
        });
        _durable.Calls[^1].End.SetException(new TaskFailedException("versioned", 1, details!));
        await run;
        seen!.TaskName.ShouldBe("versioned");
        return seen.Failure;
    }

    sealed record Named(string UserName, string? Left);
}
