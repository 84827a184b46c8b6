namespace ServerlessSync.Engines.DurableTask.Tests;

/// <summary>External events over Durable Task's context.</summary>
public sealed class EventTests
{
    readonly FakeOrchestration _durable = new();

    [Fact]
    public async Task The_newest_waiter_gets_the_event_whatever_the_case_of_its_name()
    {
        var run = ScriptedRun.RunAsync(_durable, async context =>
        {
            var older = context.WaitForExternalEvent<string>("go");
            var newer = context.WaitForExternalEvent<string>("GO");
            return new[] { await newer, await older };
        });
        _durable.Raise("Go", "\"first\"");
        _durable.Raise("go", "\"second\"");
        ScriptedRun.Text(await run).ShouldBe("""["first","second"]""");
    }

    [Fact]
    public async Task An_event_after_a_waiter_was_given_up_goes_to_one_that_waits()
    {
        var run = ScriptedRun.RunAsync(_durable, async context =>
        {
            var older = context.WaitForExternalEvent<string>("go");
            var newer = GivenUp(context);
            return $"{newer.IsCanceled} {await older}";
        });
        _durable.Raise("go", "\"x\"");
        ScriptedRun.Text(await run).ShouldBe("\"True x\"");
    }

    [Fact]
    public async Task Events_that_came_for_waiters_given_up_are_kept_oldest_first()
    {
        var gate = new TaskCompletionSource();
        var run = ScriptedRun.RunAsync(_durable, async context =>
        {
            _ = GivenUp(context);
            await gate.Task;
            return new[] { await context.WaitForExternalEvent<string>("go"), await context.WaitForExternalEvent<string>("go") };
        });
        _durable.Raise("go", "\"1\"");
        gate.SetResult();
        _durable.Raise("go", "\"2\"");
        ScriptedRun.Text(await run).ShouldBe("""["1","2"]""");
        _durable.Waits.ShouldBe(2, "one was still asked for when the first was wanted again");
    }

    [Fact]
    public async Task A_waiter_of_a_cancelled_token_waits_for_nothing()
    {
        await ScriptedRun.RunAsync(_durable, context => context.WaitForExternalEvent<string>("go", new CancellationToken(canceled: true)).IsCanceled.ShouldBeTrue());
        _durable.Waits.ShouldBe(0);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task A_kept_event_is_sent_to_the_next_generation_when_events_are_preserved(bool preserve, int sent)
    {
        var gate = new TaskCompletionSource();
        var run = ScriptedRun.RunAsync(_durable, async context =>
        {
            _ = GivenUp(context);
            await gate.Task;
            context.ContinueAsNew(7, preserve);
            return null;
        });
        _durable.Raise("go", "\"kept\"");
        gate.SetResult();
        await run;
        (ScriptedRun.Text(_durable.Continued!.Value.Input), _durable.Continued.Value.Preserve).ShouldBe(("7", preserve));
        _durable.Sent.Select(e => (e.Instance, e.Name, ScriptedRun.Text(e.Payload))).ShouldBe(Enumerable.Repeat<(string, string, string?)>(("run-1", "go", "\"kept\""), sent));
    }

    [Fact]
    public async Task An_event_that_is_not_what_is_waited_for_fails_the_wait()
    {
        var run = ScriptedRun.RunAsync(_durable, async context => await context.WaitForExternalEvent<int>("go"));
        _durable.Raise("go", "\"text\"");
        await Should.ThrowAsync<JsonException>(run);
    }

    [Fact]
    public async Task An_event_is_sent_with_its_payload_or_without()
    {
        await ScriptedRun.RunAsync(_durable, context =>
        {
            context.SendEvent("other", "news", new { Count = 1 });
            context.SendEvent("other", "look");
        });
        _durable.Sent.Select(e => (e.Instance, e.Name, ScriptedRun.Text(e.Payload))).ShouldBe([("other", "news", """{"count":1}"""), ("other", "look", null)]);
    }

    static Task<string> GivenUp(WorkflowContext context)
    {
        var cancel = new CancellationTokenSource();
        var waiter = context.WaitForExternalEvent<string>("go", cancel.Token);
        cancel.Cancel();
        cancel.Dispose();
        return waiter;
    }
}
