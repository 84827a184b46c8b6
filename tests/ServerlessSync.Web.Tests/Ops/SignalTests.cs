using System.Net;
using System.Text;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Ops;

public sealed class SignalTests : WebTest
{
    const string Running = RouteNames.Instances + "/running";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Add("running", WorkflowStatus.Running);
        Add("ended", WorkflowStatus.Completed);
    }

    [Fact]
    public async Task An_event_reaches_the_run()
    {
        (await _host.PostAsync(Running + "/raiseEvent/approved", """{ "by": "ann" }""")).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        _host.Engine.Calls.ShouldBe(["record raiseEvent running approved otto", """raise running approved { "by": "ann" }"""]);
    }

    [Theory]
    [InlineData("look")]
    [InlineData("LOOK")]
    [InlineData("stop")]
    [InlineData("Stop")]
    public async Task An_event_of_the_mesh_itself_is_refused(string name)
    {
        await (await _host.PostAsync(Running + "/raiseEvent/" + name, "{}")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "forbidden");

        _host.Engine.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_payload_of_another_type_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Running + "/raiseEvent/go") { Content = new StringContent("{}", Encoding.UTF8, "text/plain") };
        request.Headers.Authorization = new("Bearer", Some.OperatorKey);

        await (await _host.Client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request");
    }

    [Theory]
    [InlineData("raiseEvent/go")]
    [InlineData("terminate")]
    [InlineData("terminate?hard=true")]
    [InlineData("suspend")]
    [InlineData("resume")]
    public async Task A_run_that_is_absent_or_has_ended_takes_nothing(string call)
    {
        await (await _host.PostAsync(RouteNames.Instances + "/absent/" + call, "{}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        await (await _host.PostAsync(RouteNames.Instances + "/ended/" + call, "{}")).ShouldBeProblemAsync(HttpStatusCode.Gone, "ended");

        _host.Engine.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Terminate_asks_the_run_to_stop_and_compensate()
    {
        (await _host.PostAsync(Running + "/terminate?reason=wrong%20person")).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        _host.Engine.Calls.ShouldBe(["record stop running wrong person otto", """raise running stop {"reason":"wrong person","requestedBy":"otto"}"""]);
    }

    [Fact]
    public async Task A_hard_stop_is_recorded_before_it_is_done()
    {
        (await _host.PostAsync(Running + "/terminate?hard=true&reason=stuck")).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        _host.Engine.Calls.ShouldBe(["record hard stop running stuck otto", "terminate running stuck"]);
    }

    [Fact]
    public async Task A_hard_stop_that_cannot_be_recorded_is_not_done() =>
        await FailsUnrecordedAsync("terminate?hard=true", "record hard stop running  otto");

    [Theory]
    [InlineData("raiseEvent/go", "record raiseEvent running go otto")]
    [InlineData("terminate", "record stop running  otto")]
    [InlineData("suspend", "record suspend running  otto")]
    [InlineData("resume", "record resume running  otto")]
    public async Task What_cannot_be_recorded_is_not_done(string call, string record) => await FailsUnrecordedAsync(call, record);

    [Theory]
    [InlineData("hard=perhaps")]
    [InlineData("reason=a%0Ab")]
    public async Task A_stop_that_cannot_be_read_is_refused(string query)
    {
        await (await _host.PostAsync(Running + "/terminate?" + query)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request");

        _host.Engine.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reason_over_500_characters_is_refused() =>
        await (await _host.PostAsync(Running + "/suspend?reason=" + new string('x', 501))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request");

    [Fact]
    public async Task A_run_is_suspended_and_resumed()
    {
        (await _host.PostAsync(Running + "/suspend?reason=wait")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await _host.PostAsync(Running + "/resume")).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        _host.Engine.Calls.ShouldBe(["record suspend running wait otto", "suspend running wait", "record resume running  otto", "resume running "]);
    }

    async Task FailsUnrecordedAsync(string call, string record)
    {
        _host.Ports.RecordFailure = new StoreException(StoreFailure.Unavailable, "down");

        await (await _host.PostAsync(Running + "/" + call)).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");

        _host.Engine.Calls.ShouldBe([record]);
    }

    void Add(string id, WorkflowStatus status) => _host.Engine.Instances[id] = new()
    {
        InstanceId = id,
        Name = "change",
        Version = "1",
        Status = status,
        CreatedAt = _host.Clock.GetUtcNow(),
        LastUpdatedAt = _host.Clock.GetUtcNow(),
    };
}
