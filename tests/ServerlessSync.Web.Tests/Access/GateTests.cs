using System.Net;
using System.Text;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Access;

public sealed class GateTests : WebTest
{
    [Fact]
    public async Task Every_endpoint_but_health_and_webhooks_wants_a_key_and_its_role()
    {
        foreach (var endpoint in _host.Web.Endpoints.Where(e => e.Name is not ("health" or "intake")))
        {
            var isRead = endpoint.Method == "GET";
            (await StatusAsync(endpoint, null)).ShouldBe(HttpStatusCode.Unauthorized, endpoint.Name);
            (await StatusAsync(endpoint, "wrong")).ShouldBe(HttpStatusCode.Unauthorized, endpoint.Name);
            (await StatusAsync(endpoint, "")).ShouldBe(HttpStatusCode.Unauthorized, endpoint.Name);
            var viewer = await StatusAsync(endpoint, Some.ViewerKey);
            var operation = await StatusAsync(endpoint, Some.OperatorKey);
            (isRead ? operation : viewer).ShouldBe(HttpStatusCode.Forbidden, endpoint.Name);
            (isRead ? viewer : operation).ShouldNotBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public void The_endpoints_are_these() =>
        _host.Web.Endpoints.Select(e => $"{e.Method} {e.Pattern} {e.Role ?? "open"}").ShouldBe(
            [
                "GET /healthz open",
                "POST /intake/{source} open",
                "POST /durabletask/orchestrators/{name} operator",
                "POST /durabletask/orchestrators/{name}/{instanceId} operator",
                "GET /durabletask/instances viewer",
                "GET /durabletask/instances/{instanceId} viewer",
                "POST /durabletask/instances/{instanceId}/raiseEvent/{eventName} operator",
                "POST /durabletask/instances/{instanceId}/terminate operator",
                "POST /durabletask/instances/{instanceId}/suspend operator",
                "POST /durabletask/instances/{instanceId}/resume operator",
                "GET /identities viewer",
                "GET /identities/{id} viewer",
                "GET /exceptions viewer",
                "POST /exceptions/replay operator",
                "GET /drifts viewer",
                "GET /drifts/report viewer",
                "POST /drifts/decide operator",
                "GET /reconciliations viewer",
                "POST /reconciliations operator",
                "GET /reconciliations/schedules viewer",
                "POST /reconciliations/{target}/apply operator",
                "POST /reconciliations/{target}/pause operator",
                "POST /reconciliations/{target}/resume operator",
                "GET /reconciliations/{target}/{number}/plan viewer",
            ]);

    [Fact]
    public async Task A_missing_key_is_told_the_scheme_and_counted()
    {
        var answer = await _host.CallAsync(HttpMethod.Get, RouteNames.Identities, null);

        await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        await _host.CallAsync(HttpMethod.Get, RouteNames.Identities, Some.ViewerKey + "x");
        _host.Web.Gate.Unauthorized.ShouldBe(2);
    }

    [Fact]
    public async Task A_missing_role_is_named_and_counted()
    {
        var answer = await _host.CallAsync(HttpMethod.Get, RouteNames.Identities, Some.OperatorKey);

        (await answer.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "forbidden")).GetProperty("detail").GetString().ShouldBe("This needs the role 'viewer'.");
        _host.Web.Gate.Forbidden.ShouldBe(1);
    }

    [Theory]
    [InlineData("Basic " + Some.ViewerKey)]
    [InlineData(Some.ViewerKey)]
    [InlineData("Bearer")]
    [InlineData("Bearer  ")]
    public async Task Another_scheme_opens_nothing(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, RouteNames.Identities);
        request.Headers.TryAddWithoutValidation("Authorization", header);

        (await _host.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_in_the_query_opens_nothing() =>
        (await _host.CallAsync(HttpMethod.Get, RouteNames.Identities + "?code=" + Some.ViewerKey, null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task A_key_whose_secret_is_absent_or_empty_opens_nothing()
    {
        var secrets = Some.Secrets;
        secrets["VIEWER"] = "";
        await using var host = await WebHost.StartAsync(secrets: secrets);

        foreach (var key in new[] { "", " ", Some.ViewerKey })
        {
            (await host.CallAsync(HttpMethod.Get, RouteNames.Identities, key)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Without_any_key_there_is_no_API_but_webhooks_and_health()
    {
        await using var host = await WebHost.StartAsync(mesh => mesh with { ApiKeys = [] });

        foreach (var endpoint in host.Web.Endpoints.Where(e => e.Role is not null))
        {
            (await StatusAsync(endpoint, Some.OperatorKey, host)).ShouldBe(HttpStatusCode.ServiceUnavailable, endpoint.Name);
        }

        await (await host.SendAsync(Some.Joined())).ShouldBeAcceptedAsync(1, 0);
        (await host.Client.GetStringAsync(RouteNames.Health)).ShouldBe("ok");
    }

    [Fact]
    public async Task One_key_may_carry_both_roles()
    {
        await using var host = await WebHost.StartAsync(mesh => mesh with
        {
            ApiKeys = [new ApiKeyConfiguration("both", new("env", "OPERATOR"), ["viewer", "operator"])],
        });

        (await host.CallAsync(HttpMethod.Get, RouteNames.Identities, Some.OperatorKey)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.PostAsync(RouteNames.Durable + "/orchestrators/reconcile")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Health_says_ok_and_no_more()
    {
        var answer = await _host.Client.GetAsync(RouteNames.Health);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("ok");
    }

    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound, "not-found")]
    [InlineData("DELETE", "/identities", HttpStatusCode.MethodNotAllowed, "http")]
    [InlineData("GET", "/intake/hr", HttpStatusCode.MethodNotAllowed, "http")]
    public async Task What_no_endpoint_answers_is_a_problem_too(string method, string path, HttpStatusCode status, string code) =>
        await (await _host.CallAsync(new HttpMethod(method), path, Some.ViewerKey)).ShouldBeProblemAsync(status, code);

    async Task<HttpStatusCode> StatusAsync(WebEndpoint endpoint, string? key, WebHost? host = null)
    {
        var path = new StringBuilder(endpoint.Pattern)
            .Replace("{name}", "reconcile").Replace("{instanceId}", "run-1").Replace("{eventName}", "go").Replace("{id}", "hr:100");
        using var answer = await (host ?? _host).CallAsync(new HttpMethod(endpoint.Method), path.ToString(), key);
        return answer.StatusCode;
    }
}
