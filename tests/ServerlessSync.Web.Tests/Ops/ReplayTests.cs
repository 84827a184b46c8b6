using System.Net;
using ServerlessSync.Mesh.Workflows.Intake;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Ops;

public sealed class ReplayTests : WebTest
{
    [Fact]
    public async Task An_operator_replays_the_event_of_an_exception()
    {
        var answer = await (await _host.PostAsync("/exceptions/replay", """{"id":"correlation-conflict:hr:e/1?"}""")).ShouldBeJsonAsync(HttpStatusCode.Accepted);

        (answer.GetProperty("source").GetString(), answer.GetProperty("id").GetString()).ShouldBe(("hr", "replay-1"));
        _host.Ports.Started.ShouldBe(["replay correlation-conflict:hr:e/1? otto"]);
    }

    [Theory]
    [InlineData(ReplayDecision.Unknown, HttpStatusCode.NotFound, "not-found")]
    [InlineData(ReplayDecision.NothingToReplay, HttpStatusCode.Conflict, "nothing-to-replay")]
    [InlineData(ReplayDecision.Settled, HttpStatusCode.Conflict, "settled")]
    [InlineData(ReplayDecision.Denied, HttpStatusCode.Forbidden, "forbidden")]
    public async Task What_cannot_be_replayed_is_told_why(ReplayDecision decision, HttpStatusCode status, string code)
    {
        _host.Ports.Replayed = new(decision);

        await (await _host.PostAsync("/exceptions/replay", """{"id":"x"}""")).ShouldBeProblemAsync(status, code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":1}""")]
    [InlineData("""{"id":null}""")]
    public async Task An_input_without_an_id_is_refused_naming_it(string? input)
    {
        var problem = await (await _host.PostAsync("/exceptions/replay", input)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request");

        problem.GetProperty("detail").GetString()!.ShouldContain("'id'");
        _host.Ports.Started.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_viewer_cannot_replay()
    {
        await (await _host.CallAsync(HttpMethod.Post, "/exceptions/replay", Some.ViewerKey, """{"id":"x"}""")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        _host.Ports.Started.ShouldBeEmpty();
    }
}
