using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Web;
using ServerlessSync.Web.Intake;

namespace ServerlessSync.EndToEnd.Overload;

/// <summary>A mesh spoken to over HTTP: the real server before the stores of a world of scripted targets.</summary>
sealed class IntakeServer : IAsyncDisposable
{
    static readonly string Secret = "whsec_" + Convert.ToBase64String(Encoding.ASCII.GetBytes("the-signing-key-of-the-hr-source"));

    readonly WebApplication _app;
    readonly MeshWorld _world;
    readonly HttpClient _client;

    IntakeServer(WebApplication app, MeshWorld world)
    {
        _app = app;
        _world = world;
        _client = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public static async Task<IntakeServer> StartAsync(MeshWorld world, WebLimits limits)
    {
        var app = WebServer.NewBuilder("http://127.0.0.1:0", limits).Build();
        var ports = WebPorts.Of(
            world.Mesh, world.Configuration, world.Client, reference => reference.Name == "HR_KEY_1" ? Secret : null, NullLoggerFactory.Instance);
        app.ServeServerlessSync(new ServerlessSyncWeb(ports with { Limits = limits }));
        await app.StartAsync();
        return new IntakeServer(app, world);
    }

    /// <summary>Sends the record of an employee; the same employee again is the same event.</summary>
    public Task<HttpResponseMessage> SendAsync(string employee)
    {
        var body = Encoding.UTF8.GetBytes(
            $$$"""{"id":"{{{employee}}}-1","type":"employee.changed","sequence":1,"data":{"employee_id":"{{{employee}}}","user_name":"{{{employee}}}@example.com","name":"Person","department":"IT"}}""");
        var at = _world.Clock.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, "/intake/hr") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(StandardWebhooks.IdHeader, employee);
        request.Headers.Add(StandardWebhooks.TimestampHeader, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation(StandardWebhooks.SignatureHeader, StandardWebhooks.Sign(employee, at, body, StandardWebhooks.DecodeKey(Secret)));
        return _client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
