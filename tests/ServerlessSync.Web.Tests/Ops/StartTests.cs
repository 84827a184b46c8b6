using System.Net;
using System.Text;
using ServerlessSync.Web.Ops;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Ops;

public sealed class StartTests : WebTest
{
    const string Path = RouteNames.Durable + "/orchestrators/";

    [Fact]
    public async Task A_startable_workflow_is_asked_for_and_its_links_are_answered()
    {
        var answer = await _host.PostAsync(Path + "Reconcile/night-1", """{"target":"saas"}""");

        var links = await answer.ShouldBeJsonAsync(HttpStatusCode.Accepted);
        var run = _host.Address + "durabletask/instances/night-1";
        _host.Ports.Started.ShouldBe(["""reconcile night-1 {"target":"saas"} otto"""]);
        answer.Headers.Location!.ToString().ShouldBe(run);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(10));
        links.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()).ShouldBe(
            new Dictionary<string, string?>
            {
                ["id"] = "night-1",
                ["statusQueryGetUri"] = run,
                ["sendEventPostUri"] = run + "/raiseEvent/{eventName}",
                ["terminatePostUri"] = run + "/terminate?reason={text}",
                ["suspendPostUri"] = run + "/suspend?reason={text}",
                ["resumePostUri"] = run + "/resume?reason={text}",
            },
            ignoreOrder: true);
    }

    [Fact]
    public async Task Id_and_input_may_be_left_out()
    {
        var links = await (await _host.PostAsync(Path + "reconcile")).ShouldBeJsonAsync(HttpStatusCode.Accepted);

        links.GetProperty("id").GetString().ShouldBe("made-id");
        _host.Ports.Started.ShouldBe(["reconcile  - otto"]);
    }

    [Theory]
    [InlineData("change")]
    [InlineData("nothing")]
    public async Task A_workflow_that_is_not_startable_is_refused_whether_it_exists_or_not(string name)
    {
        await (await _host.PostAsync(Path + name, "{}")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "forbidden");

        _host.Ports.Started.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StartDecision.Denied, HttpStatusCode.Forbidden, "forbidden")]
    [InlineData(StartDecision.Invalid, HttpStatusCode.BadRequest, "bad-request")]
    [InlineData(StartDecision.AlreadyExists, HttpStatusCode.Conflict, "already-exists")]
    public async Task What_was_decided_is_answered(StartDecision decision, HttpStatusCode status, string code)
    {
        _host.Ports.Outcome = new(decision);

        await (await _host.PostAsync(Path + "reconcile/r1", "{}")).ShouldBeProblemAsync(status, code);
    }

    [Theory]
    [InlineData("@lead")]
    [InlineData("a%23b")]
    [InlineData("a%5Cb")]
    [InlineData("a%0Ab")]
    public async Task An_id_no_engine_takes_is_refused(string id) =>
        await (await _host.PostAsync(Path + "reconcile/" + id, "{}")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request");

    [Fact]
    public async Task An_id_over_100_characters_is_refused() =>
        await (await _host.PostAsync(Path + "reconcile/" + new string('a', 101))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request");

    [Theory]
    [InlineData("no json")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":"\ud800"}""")]
    public async Task Input_that_is_no_strict_json_is_refused(string input) =>
        await (await _host.PostAsync(Path + "reconcile", input)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request");

    [Fact]
    public async Task Input_of_another_type_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path + "reconcile") { Content = new StringContent("{}", Encoding.UTF8, "text/plain") };
        request.Headers.Authorization = new("Bearer", Some.OperatorKey);

        await (await _host.Client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request");
    }

    [Fact]
    public async Task Input_over_32_KiB_is_refused() =>
        await (await _host.PostAsync(Path + "reconcile", $"\"{new string('x', 32 * 1024)}\"")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request");

    [Fact]
    public async Task A_body_over_1_MiB_is_refused_here_too() =>
        await (await _host.PostAsync(Path + "reconcile", $"\"{new string('x', 1024 * 1024)}\"")).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "body-too-large");
}
