using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace ServerlessSync.Functions.Tests.World;

/// <summary>
/// The HTTP functions behind a real server, routed as the worker routes them: host.json's prefix, which is empty, a slash and the trigger's route. The
/// method is called with what its bindings would bring, and its result executed.
/// </summary>
sealed class WorkerStand : IAsyncDisposable
{
    readonly WebApplication _app;

    WorkerStand(WebApplication app)
    {
        _app = app;
        Client = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public static async Task<WorkerStand> StartAsync(FunctionsWorld world)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        foreach (var (function, trigger) in Function.Of<HttpTriggerAttribute>())
        {
            app.MapMethods("/" + trigger.Route, trigger.Methods!, context => CallAsync(world, function, context));
        }

        await app.StartAsync();
        return new WorkerStand(app);
    }

    /// <summary>Calls with a key.</summary>
    public Task<HttpResponseMessage> CallAsync(HttpMethod method, string path, string? key, string? json = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        request.Content = json is null ? null : new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        return Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    static async Task CallAsync(FunctionsWorld world, Function function, HttpContext context)
    {
        object?[] arguments = [.. function.Method.GetParameters().Select(parameter =>
            parameter.ParameterType == typeof(DurableTaskClient) ? (object)world.Engine : context.Request)];
        var result = await (Task<IResult>)function.Method.Invoke(world.Functions(function.Method.DeclaringType!), arguments)!;
        await result.ExecuteAsync(context);
    }
}
