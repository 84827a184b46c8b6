using System.Net;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using ServerlessSync.Functions.Tests.World;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web;
using Shouldly;
using Xunit;

namespace ServerlessSync.Functions.Tests;

/// <summary>The functions over HTTP answer as the same handlers do in the local host.</summary>
public sealed class HttpFunctionTests : IAsyncLifetime
{
    FunctionsWorld _world = null!;
    WorkerStand _stand = null!;

    public async Task InitializeAsync()
    {
        _world = await FunctionsWorld.StartAsync();
        _stand = await WorkerStand.StartAsync(_world);
    }

    public async Task DisposeAsync()
    {
        await _stand.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task The_health_probe_answers_without_a_key()
    {
        var answer = await _stand.CallAsync(HttpMethod.Get, RouteNames.Health, null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("ok");
    }

    [Fact]
    public async Task A_signed_webhook_is_recorded_and_one_with_another_signature_is_not()
    {
        (await SendAsync("e1", "7")).ShouldBe(HttpStatusCode.Accepted);
        (await _world.RowAsync("e1"))!.Status.ShouldBe(InboxStatus.Received);
        (await SendAsync("e2", "8", spoil: true)).ShouldBe(HttpStatusCode.Unauthorized);
        (await _world.RowAsync("e2")).ShouldBeNull();
    }

    [Theory]
    [InlineData(RouteNames.Identities)]
    [InlineData(RouteNames.Exceptions)]
    [InlineData(RouteNames.Drifts)]
    [InlineData(RouteNames.DriftReport)]
    [InlineData(RouteNames.Reconciliations)]
    [InlineData(RouteNames.ReconciliationSchedules)]
    [InlineData(RouteNames.Reconciliations + "/saas/1/plan")]
    [InlineData(RouteNames.Instances)]
    [InlineData(RouteNames.Instances + "/r1")]
    public async Task What_is_shown_needs_a_key_of_the_mesh(string path)
    {
        var answer = await _stand.CallAsync(HttpMethod.Get, path, null);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Runs_are_those_of_the_client_the_function_was_given()
    {
        _world.Engine.Put("r1", OrchestrationRuntimeStatus.Completed, _world.Clock.GetUtcNow(), _world.Clock.GetUtcNow());
        var answer = await _stand.CallAsync(HttpMethod.Get, RouteNames.Instances + "/r1", FunctionsWorld.OperatorKey);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        json.RootElement.GetProperty("instanceId").GetString().ShouldBe("r1");
        json.RootElement.GetProperty("runtimeStatus").GetString().ShouldBe("Completed");
        (await _stand.CallAsync(HttpMethod.Get, RouteNames.Instances + "/nobody", FunctionsWorld.OperatorKey)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _stand.CallAsync(HttpMethod.Post, RouteNames.Instances + "/nobody/suspend", FunctionsWorld.OperatorKey)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_an_operator_asks_for_is_recorded_and_refused_where_the_identity_is_unknown()
    {
        var path = RouteNames.Durable + "/orchestrators/change";
        (await _stand.CallAsync(HttpMethod.Post, path, FunctionsWorld.OperatorKey, "{\"identityId\":\"nobody\"}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await _stand.CallAsync(HttpMethod.Post, RouteNames.Replay, FunctionsWorld.OperatorKey, "{\"id\":\"nobody\"}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    public async Task What_steers_comparisons_needs_a_key_and_names_a_target_that_is_none(string what)
    {
        (await _stand.CallAsync(HttpMethod.Post, $"{RouteNames.Reconciliations}/nobody/{what}", null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _stand.CallAsync(HttpMethod.Post, $"{RouteNames.Reconciliations}/nobody/{what}", FunctionsWorld.OperatorKey)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    async Task<HttpStatusCode> SendAsync(string id, string employee, bool spoil = false)
    {
        var webhook = _world.Webhook(employee, id).Request;
        var request = new HttpRequestMessage(HttpMethod.Post, "/intake/hr") { Content = new StreamContent(webhook.Body) };
        request.Content.Headers.ContentType = new("application/json");
        foreach (var header in webhook.Headers.Where(header => header.Key.StartsWith("webhook-", StringComparison.Ordinal)))
        {
            request.Headers.TryAddWithoutValidation(header.Key, spoil && header.Key == "webhook-id" ? "other" : header.Value.ToString());
        }

        return (await _stand.Client.SendAsync(request)).StatusCode;
    }
}
