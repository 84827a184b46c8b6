using Microsoft.DurableTask.Client;

namespace ServerlessSync.Engines.DurableTask.Tests;

/// <summary>The client port over Durable Task's client.</summary>
public sealed class ClientTests : IAsyncDisposable
{
    readonly FakeClient _durable = new();

    DurableTaskWorkflowClient Client => new(_durable, ScriptedRun.Catalog);

    public ValueTask DisposeAsync() => _durable.DisposeAsync();

    [Fact]
    public async Task A_start_is_stamped_with_the_version_and_never_takes_an_id_again()
    {
        (await Client.ScheduleNewOrchestrationInstanceAsync("versioned", "\"x\"", "run-1", default)).ShouldBe(StartResult.Started);
        var (name, input, options) = _durable.Started!.Value;
        (name, ScriptedRun.Text(input), options.InstanceId, options.Version?.Version, options.Tags["version"]).ShouldBe(("versioned", "\"x\"", "run-1", "2", "2"));
        options.DedupeStatuses!.Order(StringComparer.Ordinal).ShouldBe(["Completed", "Failed", "Pending", "Running", "Suspended", "Terminated"]);
    }

    [Fact]
    public async Task A_start_of_an_id_that_exists_is_answered_so()
    {
        _durable.Runs["run-1"] = Run(OrchestrationRuntimeStatus.Completed);
        (await Client.ScheduleNewOrchestrationInstanceAsync("versioned", null, "run-1", default)).ShouldBe(StartResult.AlreadyExists);
        _durable.Started!.Value.Input.ShouldBeNull();
    }

    [Theory]
    [InlineData("no-such", "\"x\"", "run-1")]
    [InlineData("versioned", "\"x\"", "a/b")]
    [InlineData("versioned", "{", "run-1")]
    public async Task A_start_the_port_refuses_never_reaches_Durable_Task(string workflow, string input, string id)
    {
        await Should.ThrowAsync<ArgumentException>(Client.ScheduleNewOrchestrationInstanceAsync(workflow, input, id, default));
        _durable.Started.ShouldBeNull();
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Pending, WorkflowStatus.Pending)]
    [InlineData(OrchestrationRuntimeStatus.Running, WorkflowStatus.Running)]
    [InlineData((OrchestrationRuntimeStatus)2, WorkflowStatus.Running)]
    [InlineData(OrchestrationRuntimeStatus.Suspended, WorkflowStatus.Suspended)]
    [InlineData(OrchestrationRuntimeStatus.Completed, WorkflowStatus.Completed)]
    [InlineData(OrchestrationRuntimeStatus.Failed, WorkflowStatus.Failed)]
    [InlineData(OrchestrationRuntimeStatus.Terminated, WorkflowStatus.Terminated)]
    public async Task A_run_is_shown_in_the_words_of_the_port(OrchestrationRuntimeStatus theirs, WorkflowStatus ours)
    {
        _durable.Runs["run-1"] = Run(theirs);
        var run = (await Client.GetInstanceAsync("run-1", default)).ShouldNotBeNull();
        (run.InstanceId, run.Name, run.Status, run.Version, run.Input, run.CustomStatus).ShouldBe(("run-1", "versioned", ours, "2", "\"in\"", "\"status\""));
        (run.CreatedAt, run.LastUpdatedAt).ShouldBe((Moment, Moment.AddMinutes(1)));
        run.Output.ShouldBe(ours switch { WorkflowStatus.Completed => "\"out\"", WorkflowStatus.Terminated => "out", _ => null });
        run.Failure.ShouldBe(ours == WorkflowStatus.Failed ? new WorkflowFailure("Some.Type", "broken") : null);
    }

    [Fact]
    public async Task A_run_started_without_a_stamp_and_stopped_by_other_means_is_shown_all_the_same()
    {
        _durable.Runs["run-1"] = new("versioned", "run-1") { RuntimeStatus = OrchestrationRuntimeStatus.Terminated, SerializedOutput = "plain words" };
        var run = (await Client.GetInstanceAsync("run-1", default)).ShouldNotBeNull();
        (run.Version, run.Output).ShouldBe(("unknown", "plain words"));
    }

    [Fact]
    public async Task An_unknown_run_is_null() => (await Client.GetInstanceAsync("nobody", default)).ShouldBeNull();

    [Fact]
    public async Task Waiting_for_a_run_gives_its_result()
    {
        _durable.Runs["run-1"] = Run(OrchestrationRuntimeStatus.Completed);
        (await Client.WaitForInstanceCompletionAsync("run-1", default)).Output.ShouldBe("\"out\"");
    }

    [Theory]
    [InlineData("raise", "raise run-1 go \"payload\"")]
    [InlineData("suspend", "suspend run-1 why")]
    [InlineData("resume", "resume run-1 why")]
    [InlineData("terminate", "terminate run-1 why False")]
    public async Task A_signal_reaches_a_run_that_has_not_ended_and_no_other(string signal, string asked)
    {
        _durable.Runs["run-1"] = Run(OrchestrationRuntimeStatus.Running);
        _durable.Runs["done"] = Run(OrchestrationRuntimeStatus.Failed);
        (await SignalAsync(signal, "nobody")).ShouldBe(SignalResult.NotFound);
        (await SignalAsync(signal, "done")).ShouldBe(SignalResult.Ended);
        _durable.Asked.ShouldBeEmpty();
        (await SignalAsync(signal, "run-1")).ShouldBe(SignalResult.Accepted);
        _durable.Asked.ShouldBe([asked]);
    }

    /// <remarks>https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-bindings#host-json: throwStatusExceptionsOnRaiseEvent</remarks>
    [Theory]
    [InlineData("raise")]
    [InlineData("suspend")]
    [InlineData("resume")]
    [InlineData("terminate")]
    public async Task A_signal_the_host_refuses_since_the_run_ended_meanwhile_is_told_so_and_no_other_failure_is_hidden(string signal)
    {
        _durable.Runs["run-1"] = Run(OrchestrationRuntimeStatus.Running);
        _durable.Host = () => throw new TimeoutException("away");
        await Should.ThrowAsync<TimeoutException>(() => SignalAsync(signal, "run-1"));
        _durable.Host = () =>
        {
            _durable.Runs["run-1"] = Run(OrchestrationRuntimeStatus.Completed);
            throw new InvalidOperationException("not running");
        };
        (await SignalAsync(signal, "run-1")).ShouldBe(SignalResult.Ended);
    }

    [Fact]
    public async Task An_event_that_is_no_json_is_refused() =>
        await Should.ThrowAsync<ArgumentException>(() => Client.RaiseEventAsync("run-1", "go", "{", default));

    [Fact]
    public async Task A_listing_asks_for_what_the_query_says_and_answers_one_page()
    {
        var durable = new FakeClient { Pages = [new([Run(OrchestrationRuntimeStatus.Running)], "more"), new([], null)] };
        var page = await new DurableTaskWorkflowClient(durable, ScriptedRun.Catalog).GetAllInstancesAsync(
            new() { Statuses = [WorkflowStatus.Running, WorkflowStatus.Held], CreatedFrom = Moment, CreatedTo = Moment.AddDays(1), InstanceIdPrefix = "run-", PageSize = 5, ContinuationToken = "at" },
            default);
        durable.Query!.Statuses.ShouldBe([OrchestrationRuntimeStatus.Running]);
        (durable.Query with { Statuses = null }).ShouldBe(new OrchestrationQuery(Moment, Moment.AddDays(1), null, null, "run-", 5, FetchInputsAndOutputs: false, "at"));
        page.ContinuationToken.ShouldBe("more");
        var run = page.Instances.ShouldHaveSingleItem();
        (run.InstanceId, run.Input, run.Output, run.CustomStatus).ShouldBe(("run-1", null, null, null));
    }

    [Fact]
    public async Task A_listing_shows_payloads_when_asked()
    {
        var durable = new FakeClient { Pages = [new([Run(OrchestrationRuntimeStatus.Completed)])] };
        var page = await new DurableTaskWorkflowClient(durable, ScriptedRun.Catalog).GetAllInstancesAsync(new() { FetchInputsAndOutputs = true }, default);
        page.Instances.ShouldHaveSingleItem().Output.ShouldBe("\"out\"");
        (durable.Query!.Statuses, durable.Query.FetchInputsAndOutputs).ShouldBe((null, true));
    }

    [Fact]
    public async Task Held_runs_are_none_of_Durable_Tasks()
    {
        (await Client.GetAllInstancesAsync(new() { Statuses = [WorkflowStatus.Held] }, default)).ShouldBe(new WorkflowInstancePage([], null));
        _durable.Query.ShouldBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_page_out_of_range_is_refused(int size) =>
        await Should.ThrowAsync<ArgumentOutOfRangeException>(Client.GetAllInstancesAsync(new() { PageSize = size }, default));

    static DateTimeOffset Moment { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    Task<SignalResult> SignalAsync(string signal, string id) => signal switch
    {
        "raise" => Client.RaiseEventAsync(id, "go", "\"payload\"", default),
        "suspend" => Client.SuspendInstanceAsync(id, "why", default),
        "resume" => Client.ResumeInstanceAsync(id, "why", default),
        _ => Client.TerminateInstanceAsync(id, "why", default),
    };

    static OrchestrationMetadata Run(OrchestrationRuntimeStatus status) => new("versioned", "run-1")
    {
        RuntimeStatus = status,
        CreatedAt = Moment,
        LastUpdatedAt = Moment.AddMinutes(1),
        SerializedInput = "\"in\"",
        SerializedOutput = "\"out\"",
        SerializedCustomStatus = "\"status\"",
        Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["version"] = "2" },
        FailureDetails = new("Some.Type", "broken", null, null, null),
    };
}
