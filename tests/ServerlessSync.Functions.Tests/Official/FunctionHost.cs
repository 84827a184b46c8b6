using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using ServerlessSync.Engines.DurableTask.Tests.Official;
using ServerlessSync.Functions.Tests.World;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Functions.Tests.Official;

/// <summary>
/// Durable Task with its in-memory backend. Orchestrations and activities are the functions of the app, called as Durable Functions calls them:
/// by the function's name, with the engine's own client where one is bound.
/// </summary>
sealed class FunctionHost : IAsyncDisposable
{
    readonly FunctionsWorld _world;
    DurableTaskTestHost? _host;

    FunctionHost(FunctionsWorld world) => _world = world;

    /// <summary>The engine's own client.</summary>
    public DurableTaskClient Client => _host!.Client;

    public static async Task<FunctionHost> StartAsync(FunctionsWorld world)
    {
        var host = new FunctionHost(world);
        // Left to itself it takes any port of a range, in use or not.
        host._host = await DurableTaskTestHost.StartAsync(host.Register, new() { Port = FreePort.Find() });
        return host;
    }

    public ValueTask DisposeAsync() => _host!.DisposeAsync();

    void Register(DurableTaskRegistry registry)
    {
        foreach (var (function, _) in Function.Of<OrchestrationTriggerAttribute>())
        {
            registry.AddOrchestratorFunc<JsonElement?, JsonElement?>(
                new TaskName(function.Name), (context, _) => GuardedOrchestration.RunAsync(context, guarded => CallAsync(function, guarded)));
        }

        foreach (var (function, _) in Function.Of<ActivityTriggerAttribute>())
        {
            registry.AddActivityFunc<JsonElement?, JsonElement?>(new TaskName(function.Name), (_, input) => CallAsync(function, input));
        }
    }

    Task<JsonElement?> CallAsync(Function function, object? given)
    {
        object?[] arguments = [.. function.Method.GetParameters().Select(parameter =>
            parameter.ParameterType == typeof(DurableTaskClient) ? Client
            : parameter.ParameterType == typeof(CancellationToken) ? CancellationToken.None
            : given)];
        return (Task<JsonElement?>)function.Method.Invoke(_world.Functions(function.Method.DeclaringType!), arguments)!;
    }
}
