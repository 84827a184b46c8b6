using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Connectors.Limits;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Targets;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Audit;
using ServerlessSync.TestKit.Messaging;
using ServerlessSync.TestKit.Scripted;
using ServerlessSync.Web.Intake;

namespace ServerlessSync.Functions.Tests.World;

/// <summary>
/// The app as Program puts it together, over stores, targets, broker, anchor and engine's client in memory. Nothing calls its functions but the test.
/// </summary>
sealed class FunctionsWorld : IAsyncDisposable
{
    public const string OperatorKey = "operator-key-operator-key-operator-key";
    static readonly byte[] SigningKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    readonly ServiceProvider _services;
    readonly MemorySigner _signer = new();

    FunctionsWorld(IRowStore rows, IDriftRemediation? drift, HrYaml yaml, DateTimeOffset? now)
    {
        Clock = new FakeTimeProvider(now);
        Configuration = yaml.Load();
        Targets = Configuration.Targets.Keys.ToDictionary(name => name, name => new ScriptedConnector(name, Script), StringComparer.Ordinal);
        Broker = new MemoryBroker(Clock);
        Stores = new MeshStores(rows, Clock);
        var services = new ServiceCollection().AddLogging().AddServerlessSync(_ => Parts());
        _services = (drift is null ? services : services.AddSingleton(new DriftMessages(drift))).BuildServiceProvider(validateScopes: true);
    }

    public FakeTimeProvider Clock { get; }

    public MemoryBroker Broker { get; }

    public MeshStores Stores { get; }

    public MemoryAnchor Anchor { get; } = new();

    public FakeDurableClient Engine { get; } = new();

    public MeshConfiguration Configuration { get; }

    /// <summary>What the targets do.</summary>
    public Script Script { get; } = new();

    /// <summary>The targets by name.</summary>
    public IReadOnlyDictionary<string, ScriptedConnector> Targets { get; }

    /// <summary>Metrics reported so far.</summary>
    public List<(string Name, double Value)> Reported { get; } = [];

    /// <summary>Starts the app's services.</summary>
    /// <param name="rows">What it keeps everything in; none is an empty store.</param>
    /// <param name="drift">Mends drift; none is the mesh itself.</param>
    /// <param name="yaml">mesh.yaml; none is one target.</param>
    /// <param name="now">Where the clock stands.</param>
    public static async Task<FunctionsWorld> StartAsync(
        IRowStore? rows = null, IDriftRemediation? drift = null, HrYaml? yaml = null, DateTimeOffset? now = null)
    {
        var world = new FunctionsWorld(rows ?? new MemoryRowStore(), drift, yaml ?? new HrYaml { Targets = [Yaml("saas")] }, now);
        foreach (var service in world._services.GetServices<IHostedService>())
        {
            await ((IHostedLifecycleService)service).StartingAsync(CancellationToken.None);
        }

        return world;
    }

    /// <summary>A target in mesh.yaml.</summary>
    public static string Yaml(string target) =>
        $$"""{{target}}: { connector: scim, url: "https://{{target}}.example/scim", credential: env:T, scope: { kind: person }, stage: enforce, limit: { rate: 100/s, parallel: 8 }, attributes: [displayName, department], reconcile: { schedule: "0 3 * * *" } }""";

    /// <summary>A class of functions, made as the worker makes it.</summary>
    public T Functions<T>() => ActivatorUtilities.CreateInstance<T>(_services);

    /// <inheritdoc cref="Functions{T}"/>
    public object Functions(Type type) => ActivatorUtilities.CreateInstance(_services, type);

    /// <summary>A service of the app.</summary>
    public T Service<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A signed webhook about an employee.</summary>
    public HttpContext Webhook(string employee, string id, long sequence = 1, string type = "employee.hired")
    {
        var text = $$$"""{"events":[{"id":"{{{id}}}","type":"{{{type}}}","sequence":{{{sequence}}},"timestamp":"2026-01-05T08:00:00Z","data":{"employee_id":"{{{employee}}}","user_name":"{{{employee}}}@example.com","name":"N","department":"IT"}}]}""";
        var body = Encoding.UTF8.GetBytes(text);
        var context = Request(HttpMethods.Post);
        context.Request.RouteValues["source"] = HrYaml.Source;
        context.Request.ContentType = "application/json";
        context.Request.ContentLength = body.Length;
        context.Request.Body = new MemoryStream(body);
        var now = Clock.GetUtcNow();
        context.Request.Headers[StandardWebhooks.IdHeader] = id;
        context.Request.Headers[StandardWebhooks.TimestampHeader] = now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Request.Headers[StandardWebhooks.SignatureHeader] = StandardWebhooks.Sign(id, now, body, SigningKey);
        return context;
    }

    /// <summary>A request whose answer can be read.</summary>
    public static DefaultHttpContext Request(string method) => new() { Request = { Method = method }, Response = { Body = new MemoryStream() } };

    /// <summary>Sends a webhook through the function that takes it in; its status.</summary>
    public async Task<int> SendAsync(string employee, string id, long sequence = 1, string type = "employee.hired")
    {
        var context = Webhook(employee, id, sequence, type);
        await Functions<IntakeFunctions>().IntakeAsync(context.Request);
        return context.Response.StatusCode;
    }

    /// <summary>Waits until the broker holds so many messages: they are sent beside the answer to the sender.</summary>
    public async Task<IReadOnlyList<QueueMessage>> MessagesAsync(int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await Broker.WaitForMessagesAsync(count, limit.Token);
        return Broker.Messages;
    }

    /// <summary>Hands the next message to the function, as the host does: one that throws gives it back.</summary>
    public async Task<RecordingActions> DeliverAsync(DurableTaskClient? engine = null)
    {
        var received = Broker.Receive() ?? throw new InvalidOperationException("no message");
        var actions = new RecordingActions(received);
        try
        {
            await Functions<MessageFunctions>().ChangeEventAsync(actions.Message, actions, engine ?? Engine, CancellationToken.None);
        }
        catch (StoreException)
        {
            received.Abandon();
        }

        return actions;
    }

    /// <summary>The row of an event.</summary>
    public Task<InboxRow?> RowAsync(string id) => Stores.Inbox.FindAsync(Inbox.KeyOf(HrYaml.Source, id), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _signer.Dispose();
    }

    MeshParts Parts() => new()
    {
        Configuration = Configuration,
        Stores = Stores,
        Targets = new TargetSet(Configuration.Targets.Values.Select(target => new Target(
            target,
            Targets[target.Name],
            new ConnectorGate(target.Name, new GateLimits { RatePerSecond = 1000, Parallel = 8 }, TimeProvider.System),
            TimeProvider.System,
            TimeSpan.FromSeconds(30)))),
        Changes = Broker,
        Drifts = Broker,
        Signer = _signer,
        Anchor = Anchor,
        Secrets = reference => reference.Name switch
        {
            "HR_KEY_1" => "whsec_" + Convert.ToBase64String(SigningKey),
            "OPS_KEY" => OperatorKey,
            _ => null,
        },
        Report = (name, value) => Reported.Add((name, value)),
        Loggers = NullLoggerFactory.Instance,
    };
}
