using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using ServerlessSync.Functions.Tests.World;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.TestKit;
using ServerlessSync.Web;
using Shouldly;
using Xunit;

namespace ServerlessSync.Functions.Tests;

/// <summary>The functions of the app against what the mesh offers and what the platform takes.</summary>
public sealed class FunctionListTests
{
    [Fact]
    public async Task Every_endpoint_has_one_function_with_its_name_method_and_route_and_there_is_no_other()
    {
        await using var world = await FunctionsWorld.StartAsync();
        Function.Of<HttpTriggerAttribute>().Select(f => $"{f.Function.Name} {f.Trigger.Methods!.Single().ToUpperInvariant()} /{f.Trigger.Route}")
            .ShouldBe(world.Service<ServerlessSyncWeb>().Endpoints.Select(e => $"{e.Name} {e.Method} {e.Pattern}"), ignoreOrder: true);
    }

    [Fact]
    public void Every_route_is_one_the_platform_serves_and_asks_for_no_key_of_its_own()
    {
        foreach (var (function, trigger) in Function.Of<HttpTriggerAttribute>())
        {
            // The worker puts host.json's prefix and a slash before it and parses that; the host refuses the two beginnings.
            RoutePatternFactory.Parse("/" + trigger.Route).RawText.ShouldBe("/" + trigger.Route);
            var first = trigger.Route!.Split('/')[0];
            first.ShouldNotStartWith("admin", Case.Insensitive, function.Name);
            first.ShouldNotStartWith("runtime", Case.Insensitive, function.Name);
            trigger.AuthLevel.ShouldBe(AuthorizationLevel.Anonymous, function.Name);
        }
    }

    [Fact]
    public async Task Every_workflow_and_activity_of_the_mesh_has_its_function_and_there_is_no_other()
    {
        await using var world = await FunctionsWorld.StartAsync();
        var catalog = world.Service<MeshRuntime>().Catalog;
        Function.Of<OrchestrationTriggerAttribute>().Select(f => f.Function.Name).ShouldBe(catalog.Workflows, ignoreOrder: true);
        Function.Of<ActivityTriggerAttribute>().Select(f => f.Function.Name).ShouldBe(catalog.Activities, ignoreOrder: true);
    }

    [Fact]
    public void Names_of_functions_are_the_platforms_and_stand_once()
    {
        var names = Function.All.Select(f => f.Name).ToList();
        names.Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(names.Count);
        names.ShouldAllBe(name => Regex.IsMatch(name, "^[A-Za-z][A-Za-z0-9_-]{0,126}$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Function.All.ShouldAllBe(f => f.Method.IsPublic && f.Method.DeclaringType!.IsPublic);
    }

    [Fact]
    public void Every_queue_is_taken_by_hand_in_sessions_over_the_one_connection_and_its_dead_letters_without()
    {
        var queues = new[] { QueueNames.ChangeEvents, QueueNames.DriftRemediation };
        Function.Of<ServiceBusTriggerAttribute>().Select(f => (f.Trigger.QueueName!, f.Trigger.IsSessionsEnabled)).ShouldBe(
            queues.SelectMany(queue => new[] { (queue, true), (queue + "/$deadletterqueue", false) }), ignoreOrder: true);
        Function.Of<ServiceBusTriggerAttribute>().ShouldAllBe(f => f.Trigger.Connection == SettingNames.ServiceBus && !f.Trigger.AutoCompleteMessages);
    }

    [Fact]
    public void Timers_fire_when_the_guide_says_keep_their_state_and_do_not_run_at_start()
    {
        Function.Of<TimerTriggerAttribute>().Select(f => (f.Function.Name, f.Trigger.Schedule)).ShouldBe(
            [
                ("compare-audit", "45 17 * * * *"),
                ("measure", "30 * * * * *"),
                ("purge-runs", "45 17 * * * *"),
                ("reconcile-due", "0 * * * * *"),
                ("retention", "30 * * * * *"),
                ("sweep", "0 * * * * *"),
            ],
            ignoreOrder: true);
        Function.Of<TimerTriggerAttribute>().ShouldAllBe(f => f.Trigger.UseMonitor && !f.Trigger.RunOnStartup);
        var guide = File.ReadAllText(RepositoryRoot.Combine("docs", "deployment.md"));
        guide.ShouldContain("| timer, every minute | `sweep`, `retention`, `measure`, `reconcile-due` |");
        guide.ShouldContain("| timer, every hour | `purge-runs`, `compare-audit` |");
    }

    [Fact]
    public void Addresses_are_those_the_readme_gives_to_senders_and_operators()
    {
        Function.Of<HttpTriggerAttribute>().Select(f => $"{f.Trigger.Methods!.Single()} {f.Trigger.Route}").ShouldBe(
            [
                "get healthz",
                "post intake/{source}",
                "get identities",
                "get identities/{id}",
                "get exceptions",
                "post exceptions/replay",
                "get drifts",
                "get drifts/report",
                "post drifts/decide",
                "get reconciliations",
                "post reconciliations",
                "get reconciliations/schedules",
                "post reconciliations/{target}/apply",
                "post reconciliations/{target}/pause",
                "post reconciliations/{target}/resume",
                "get reconciliations/{target}/{number}/plan",
                "post durabletask/orchestrators/{name}",
                "post durabletask/orchestrators/{name}/{instanceId}",
                "get durabletask/instances",
                "get durabletask/instances/{instanceId}",
                "post durabletask/instances/{instanceId}/raiseEvent/{eventName}",
                "post durabletask/instances/{instanceId}/terminate",
                "post durabletask/instances/{instanceId}/suspend",
                "post durabletask/instances/{instanceId}/resume",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void A_function_takes_nothing_the_platform_cannot_give_and_an_orchestration_its_context_alone()
    {
        Type[] given =
        [
            typeof(HttpRequest), typeof(TimerInfo), typeof(Azure.Messaging.ServiceBus.ServiceBusReceivedMessage), typeof(ServiceBusMessageActions),
            typeof(DurableTaskClient), typeof(JsonElement?), typeof(TaskOrchestrationContext), typeof(CancellationToken),
        ];
        Function.All.SelectMany(f => f.Method.GetParameters()).ShouldAllBe(parameter => given.Contains(parameter.ParameterType));
        Function.All.SelectMany(f => f.Method.GetParameters()).ShouldAllBe(
            parameter => parameter.ParameterType != typeof(DurableTaskClient) || parameter.GetCustomAttribute<DurableClientAttribute>() != null);
        Function.Of<OrchestrationTriggerAttribute>().ShouldAllBe(f => f.Function.Method.GetParameters().Length == 1);
    }

    [Fact]
    public async Task Every_class_of_functions_is_made_from_the_apps_services()
    {
        await using var world = await FunctionsWorld.StartAsync();
        foreach (var type in Function.All.Select(f => f.Method.DeclaringType!).Distinct())
        {
            world.Functions(type).ShouldNotBeNull();
        }
    }

    [Fact]
    public void The_apps_host_json_is_the_one_at_the_root()
    {
        var there = Path.Combine(Path.GetDirectoryName(typeof(WebDoor).Assembly.Location)!, "host.json");
        File.ReadAllText(there).ShouldBe(File.ReadAllText(RepositoryRoot.Combine("host.json")));
        using var host = HostJson();
        host.RootElement.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString().ShouldBe("");
        host.RootElement.GetProperty("extensions").GetProperty("serviceBus").GetProperty("autoCompleteMessages").GetBoolean().ShouldBeFalse();
    }

    static JsonDocument HostJson() => JsonDocument.Parse(File.ReadAllText(RepositoryRoot.Combine("host.json")));
}
