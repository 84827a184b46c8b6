using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit;
using ServerlessSync.Web.Drifts;
using ServerlessSync.Web.Intake;

namespace ServerlessSync.Web.Tests.Host;

/// <summary>A real Kestrel on a free port, with a clock that stands still.</summary>
sealed class WebHost : IAsyncDisposable
{
    readonly WebApplication _app;

    WebHost(WebApplication app, ServerlessSyncWeb web, LogLines logs)
    {
        _app = app;
        Web = web;
        Logs = logs;
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = Address };
    }

    public required FakeTimeProvider Clock { get; init; }

    public required FakeInbox Inbox { get; init; }

    public required FakeEngine Engine { get; init; }

    public required FakePorts Ports { get; init; }

    /// <summary>Where drift lies.</summary>
    public required MeshStores Stores { get; init; }

    public ServerlessSyncWeb Web { get; }

    public LogLines Logs { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IntakeCounters Counters => Web.Intake.Counters;

    public static async Task<WebHost> StartAsync(
        Func<MeshConfiguration, MeshConfiguration>? with = null, Dictionary<string, string>? secrets = null, WebLimits? limits = null)
    {
        var clock = new FakeTimeProvider();
        var engine = new FakeEngine();
        var ports = new FakePorts(engine);
        var inbox = new FakeInbox();
        var logs = new LogLines();
        var known = secrets ?? Some.Secrets;
        var configuration = Some.Mesh(Some.Hr, Some.Personnel);
        var stores = new MeshStores(new MemoryRowStore(), clock);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Trace);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.UseServerlessSyncLimits(limits ?? new()));
        var app = builder.Build();
        var web = new ServerlessSyncWeb(new()
        {
            Configuration = with?.Invoke(configuration) ?? configuration,
            Secrets = reference => known.GetValueOrDefault(reference.Name),
            Inbox = inbox,
            Workflows = engine,
            Catalog = new WorkflowCatalog().AddWorkflow<Idle, string, string>("reconcile", startable: true).AddWorkflow<Idle, string, string>("change"),
            Starts = ports,
            Recorder = ports,
            Replays = ports,
            Limits = limits ?? new(),
            Reader = ports,
            Drifts = new DriftReader(stores, with?.Invoke(configuration) ?? configuration),
            Reconciliations = ports,
            DriftDecisions = ports,
            Events = new("stop", ["look"]),
            Time = clock,
            Loggers = app.Services.GetRequiredService<ILoggerFactory>(),
        });
        app.UseServerlessSyncProblems();
        app.MapServerlessSync(web);
        await app.StartAsync();
        return new(app, web, logs) { Clock = clock, Inbox = inbox, Engine = engine, Ports = ports, Stores = stores };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>A signed webhook, its parts open to change.</summary>
    public HttpRequestMessage Webhook(byte[] body, string source = "hr", string id = "msg_1", TimeSpan age = default, byte[]? key = null)
    {
        var at = Clock.GetUtcNow() - age;
        var request = new HttpRequestMessage(HttpMethod.Post, $"/intake/{source}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(StandardWebhooks.IdHeader, id);
        request.Headers.Add(StandardWebhooks.TimestampHeader, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation(StandardWebhooks.SignatureHeader, StandardWebhooks.Sign(id, at, body, key ?? Some.FirstKey));
        return request;
    }

    public Task<HttpResponseMessage> SendAsync(byte[] body, string source = "hr", string id = "msg_1") =>
        Client.SendAsync(Webhook(body, source, id));

    public Task<HttpResponseMessage> SendAsync(string body, string source = "hr", string id = "msg_1") =>
        SendAsync(Encoding.UTF8.GetBytes(body), source, id);

    public Task<HttpResponseMessage> CallAsync(HttpMethod method, string path, string? key, string? json = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        return Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> GetAsync(string path) => CallAsync(HttpMethod.Get, path, Some.ViewerKey);

    public Task<HttpResponseMessage> PostAsync(string path, string? json = null) => CallAsync(HttpMethod.Post, path, Some.OperatorKey, json);

    /// <summary>Head of a signed webhook as it travels, without any header about its length.</summary>
    public string RawHead(byte[] body)
    {
        var at = Clock.GetUtcNow();
        return $"POST /intake/hr HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nwebhook-id: msg_1\r\n"
            + $"webhook-timestamp: {at.ToUnixTimeSeconds()}\r\nwebhook-signature: {StandardWebhooks.Sign("msg_1", at, body, Some.FirstKey)}\r\n";
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task<RawConnection> OpenAsync(params byte[][] parts)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port);
        var connection = new RawConnection(client);
        foreach (var part in parts)
        {
            await connection.Stream.WriteAsync(part);
        }

        return connection;
    }

    sealed class Idle : IWorkflow<string, string>
    {
        public Task<string> RunAsync(WorkflowContext context, string input) => Task.FromResult(input);
    }
}

/// <summary>A connection that speaks bytes.</summary>
sealed class RawConnection(TcpClient client) : IDisposable
{
    public NetworkStream Stream { get; } = client.GetStream();

    /// <summary>The first line answered; empty when the server closes without a word.</summary>
    public async Task<string> ReadStatusAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var reader = new StreamReader(Stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            return await reader.ReadLineAsync(limit.Token) ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Everything answered until the server closes.</summary>
    public async Task<string> ReadAllAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await Stream.ReadAsync(buffer, limit.Token) is var read and > 0)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Reset: what was said before counts.
        }

        return text.ToString();
    }

    /// <summary>Says that nothing more will be sent.</summary>
    public void EndSending() => client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection without a word, as a crash does.</summary>
    public void Reset() => client.Client.Close(0);

    public void Dispose() => client.Dispose();
}
