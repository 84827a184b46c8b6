using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessSync.Connectors.Limits;
using ServerlessSync.Engines.InProcess;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Targets;
using ServerlessSync.Storage.Sqlite;
using ServerlessSync.TestKit;
using ServerlessSync.Web;

namespace ServerlessSync.Benchmarks.Intake;

/// <summary>
/// The local host's parts put together as it does, over a quiet target; and beside it, on another port, the same endpoint over an inbox that
/// only answers.
/// </summary>
sealed class IntakeHost : IAsyncDisposable
{
    const string Target =
        "quiet: { connector: scim, url: \"https://quiet.example/scim\", credential: env:T, scope: { kind: person }, stage: enforce, "
        + "limit: { rate: 100000/s, parallel: 64 }, attributes: [displayName, department, title] }";

    readonly Stack<IAsyncDisposable> _parts = new();
    readonly MeshConfiguration _configuration = new HrYaml { Targets = [Target] }.Load();

    IntakeHost(string database)
    {
        var opened = Own(SqliteDatabase.Open(new SqliteOptions(database)));
        Stores = new MeshStores(new SqliteRowStore(opened), TimeProvider.System);
        History = new SqliteWorkflowHistory(opened, TimeProvider.System);
    }

    public MeshStores Stores { get; }

    /// <summary>The whole mesh.</summary>
    public IPEndPoint Mesh { get; private set; } = null!;

    /// <summary>The endpoint without a store.</summary>
    public IPEndPoint WithoutStore { get; private set; } = null!;

    SqliteWorkflowHistory History { get; }

    public static async Task<IntakeHost> StartAsync(string database, CancellationToken cancellationToken)
    {
        var host = new IntakeHost(database);
        try
        {
            await host.StartPartsAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }
    }

    async Task StartPartsAsync(CancellationToken cancellationToken)
    {
        var (app, other) = (Own(MakeApp()), Own(MakeApp()));
        var loggers = app.Services.GetRequiredService<ILoggerFactory>();
        var mesh = new MeshRuntime(_configuration, Stores, MakeTargets(), new RulePolicy(_configuration), loggers.CreateLogger<MeshRuntime>());
        var options = new InProcessEngineOptions { Owner = ProcessIdentity.Current() };
        var engine = Own(new InProcessEngine(History, mesh.Catalog, options, TimeProvider.System, loggers.CreateLogger<InProcessEngine>()));
        Own(mesh);
        await engine.StartAsync(cancellationToken);
        mesh.Start(engine);
        mesh.StartSweeping();
        var ports = WebPorts.Of(
            mesh, _configuration, engine, reference => reference.Name == "HR_KEY_1" ? SignedRequests.Secret : null, loggers);
        Mesh = await ServeAsync(app, ports, cancellationToken);
        WithoutStore = await ServeAsync(other, ports with { Inbox = new AnsweringInbox() }, cancellationToken);
    }

    TargetSet MakeTargets() => new(_configuration.Targets.Values.Select(target =>
    {
        var limits = new GateLimits { RatePerSecond = target.Limit.RatePerSecond, Parallel = target.Limit.Parallel };
        var gate = Own(new ConnectorGate(target.Name, limits, TimeProvider.System));
        return new Target(target, new QuietTarget(target.Name), gate, TimeProvider.System, _configuration.Deadlines.Attempt);
    }));

    static async Task<IPEndPoint> ServeAsync(WebApplication app, WebPorts ports, CancellationToken cancellationToken)
    {
        app.ServeServerlessSync(new ServerlessSyncWeb(ports));
        await app.StartAsync(cancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
    }

    static WebApplication MakeApp()
    {
        var builder = WebServer.NewBuilder("http://127.0.0.1:0", new WebLimits());
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        return builder.Build();
    }

    T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
