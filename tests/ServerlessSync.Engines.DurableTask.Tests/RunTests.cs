using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.DurableTask.Tests;

/// <summary>A whole run: its version, its limits, its log; and activities.</summary>
public sealed class RunTests
{
    static readonly string TooLong = new('x', WorkflowLimits.PayloadBytes);

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task A_run_in_flight_keeps_the_version_it_was_stamped_with(string version) =>
        ScriptedRun.Text(await ScriptedRun.Workflows.RunWorkflowAsync(new FakeOrchestration { Workflow = "Versioned", Stamped = version })).ShouldBe($"\"{version}\"");

    [Theory]
    [InlineData("versioned", "3")]
    [InlineData("versioned", "")]
    [InlineData("no-such", "1")]
    public async Task A_run_this_build_has_no_code_for_fails_and_says_so(string workflow, string version)
    {
        var durable = new FakeOrchestration { Workflow = workflow, Stamped = version };
        var thrown = await Should.ThrowAsync<InvalidOperationException>(ScriptedRun.Workflows.RunWorkflowAsync(durable));
        thrown.Message.ShouldBe($"There is no version '{version}' of workflow '{workflow}' in this build.");
        durable.Log.ShouldHaveSingleItem().ShouldStartWith("ServerlessSync.Engines.DurableTask Error: Run 'run-1' of workflow");
    }

    [Fact]
    public async Task What_is_logged_goes_through_the_log_that_is_silent_under_replay()
    {
        var durable = new FakeOrchestration();
        await ScriptedRun.RunAsync(durable, _ => { });
        durable.Log.ShouldBe(
        [
            "ServerlessSync.Engines.DurableTask Debug: Run 'run-1' of workflow 'scripted' version '1' begins",
            "ServerlessSync.Engines.DurableTask Debug: The code of run 'run-1' has returned",
        ]);
    }

    [Fact]
    public async Task A_run_sees_its_id_input_and_ids_and_whether_it_is_repeated()
    {
        var durable = new FakeOrchestration { Input = ScriptedRun.Json("\"given\""), Replays = true };
        await ScriptedRun.RunAsync(durable, context =>
            (context.InstanceId, context.GetInput<string>(), context.NewGuid(), context.IsReplaying)
                .ShouldBe(("run-1", "given", durable.NewGuid(), true)));
    }

    [Fact]
    public async Task A_custom_status_is_set_and_taken_back()
    {
        var durable = new FakeOrchestration();
        await ScriptedRun.RunAsync(durable, context =>
        {
            context.SetCustomStatus(new { Stage = "one" });
            context.SetCustomStatus(null);
        });
        durable.Statuses.Select(ScriptedRun.Text).ShouldBe(["""{"stage":"one"}""", null]);
    }

    public static TheoryData<string, Func<WorkflowContext, Task>> OverTheLimit => new()
    {
        { "Input of activity 'a'", context => context.CallActivityAsync<string>("a", TooLong) },
        { "Input of workflow 'w'", context => context.CallSubOrchestratorAsync<string>("w", TooLong) },
        { "Event 'e'", context => Does(() => context.SendEvent("other", "e", TooLong)) },
        { "The custom status", context => Does(() => context.SetCustomStatus(TooLong)) },
        { "Input of the next generation", context => Does(() => context.ContinueAsNew(TooLong)) },
    };

    [Theory]
    [MemberData(nameof(OverTheLimit), DisableDiscoveryEnumeration = true)]
    public async Task What_is_larger_than_its_limit_is_not_handed_over(string what, Func<WorkflowContext, Task> act)
    {
        var durable = new FakeOrchestration();
        var thrown = await Should.ThrowAsync<ArgumentException>(ScriptedRun.RunAsync(durable, async context =>
        {
            await act(context);
            return null;
        }));
        thrown.Message.ShouldStartWith($"{what} is larger than the limit of ");
        (durable.Calls.Count, durable.Sent.Count, durable.Statuses.Count, durable.Continued).ShouldBe((0, 0, 0, null));
    }

    [Fact]
    public async Task A_result_over_the_limit_fails_the_run() =>
        (await Should.ThrowAsync<ArgumentException>(ScriptedRun.RunAsync(new(), _ => Task.FromResult<object?>(TooLong))))
            .Message.ShouldStartWith("The result of workflow 'scripted' is larger than the limit of 32768 bytes.");

    [Fact]
    public async Task A_generation_ends_at_the_history_limit_with_the_reason()
    {
        var durable = new FakeOrchestration();
        var thrown = await Should.ThrowAsync<InvalidOperationException>(ScriptedRun.RunAsync(durable, async context =>
        {
            while (true)
            {
                var call = context.CallActivityAsync<string>("note");
                durable.Calls[^1].End.TrySetResult(null);
                await call;
            }
        }));
        thrown.Message.ShouldContain("at most 1000 history events");
        durable.Calls.Count.ShouldBe(500, "each makes two events");
    }

    [Fact]
    public async Task Nothing_is_asked_for_after_continuing_as_new()
    {
        var durable = new FakeOrchestration();
        var thrown = await Should.ThrowAsync<InvalidOperationException>(ScriptedRun.RunAsync(durable, async context =>
        {
            context.ContinueAsNew("next");
            return await context.CallActivityAsync<string>("note");
        }));
        thrown.Message.ShouldContain("right after ContinueAsNew");
        durable.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_activity_runs_once_with_its_input_and_token()
    {
        using var cancel = new CancellationTokenSource();
        var seen = new List<(string, CancellationToken)>();
        var workflows = new DurableTaskWorkflows(new WorkflowCatalog().AddActivity<string, string>("note", () => new ScriptedActivity<string, string>((text, token) =>
        {
            seen.Add((text, token));
            return Task.FromResult(text);
        })));
        ScriptedRun.Text(await workflows.RunActivityAsync("NOTE", ScriptedRun.Json("\"x\""), cancel.Token)).ShouldBe("\"x\"");
        seen.ShouldHaveSingleItem().ShouldBe(("x", cancel.Token));
    }

    [Fact]
    public async Task An_unknown_activity_and_a_result_over_the_limit_fail_the_attempt()
    {
        var workflows = new DurableTaskWorkflows(new WorkflowCatalog().AddActivity<string?, string>("big", () =>
            new ScriptedActivity<string?, string>((_, _) => Task.FromResult(TooLong))));
        (await Should.ThrowAsync<InvalidOperationException>(workflows.RunActivityAsync("no-such", null, CancellationToken.None))).Message.ShouldContain("'no-such'");
        (await Should.ThrowAsync<ArgumentException>(workflows.RunActivityAsync("big", null, CancellationToken.None))).Message.ShouldContain("32768");
    }

    static Task Does(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
