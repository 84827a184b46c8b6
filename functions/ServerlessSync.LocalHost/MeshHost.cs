using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessSync.Engines.InProcess;
using ServerlessSync.Hosting;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Storage.Sqlite;
using ServerlessSync.Web;

namespace ServerlessSync.LocalHost;

/// <summary>Store, targets, engine, mesh and HTTP in one process; started in that order and stopped in the other.</summary>
sealed class MeshHost : IAsyncDisposable
{
    const string SortedRunsFolder = "sorted-runs";

    static readonly TimeSpan BetweenPurges = TimeSpan.FromHours(1);

    readonly Stack<IAsyncDisposable> _parts = new();
    WebApplication _app = null!;
    InProcessEngine _engine = null!;
    MeshRuntime _mesh = null!;

    MeshHost()
    {
    }

    /// <summary>Where it listens.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>The mesh.</summary>
    public MeshRuntime Mesh => _mesh;

    /// <summary>Starts everything.</summary>
    public static async Task<MeshHost> StartAsync(MeshConfiguration configuration, ServeSettings settings, CancellationToken cancellationToken)
    {
        var host = new MeshHost();
        try
        {
            await host.StartPartsAsync(configuration, settings, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Serves until told to stop, or until the engine has lost its history.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken, _app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stopping.Token.Register(() => stopped.TrySetResult());
        await await Task.WhenAny(stopped.Task, _engine.Completion);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }
    }

    async Task StartPartsAsync(MeshConfiguration configuration, ServeSettings settings, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var folder = AnchorFolder.Of(settings.Store, settings.Anchor);
        _app = MakeApp(settings);
        Own(_app);
        var loggers = _app.Services.GetRequiredService<ILoggerFactory>();
        var history = Own(await LocalHistory.OpenAsync(settings.Store, Console.Error, cancellationToken));
        var stores = new MeshStores(Own(LocalRows.Beside(history, settings.Store)).Store, clock);
        var upkeep = Own(new AuditUpkeep(configuration, stores, Own(folder.OpenSigner()), folder.Anchor, loggers));
        var targets = Own(new TargetFactory(configuration, clock)).Make();
        var mesh = _mesh = new MeshRuntime(configuration, stores, targets, new RulePolicy(configuration), loggers.CreateLogger<MeshRuntime>())
        {
            SortedRuns = new FileSortedRunStore(Path.Combine(settings.Store.Data, SortedRunsFolder)),
        };
        var options = new InProcessEngineOptions { Owner = ProcessIdentity.Current() };
        _engine = Own(new InProcessEngine(
            new SqliteWorkflowHistory(history, clock), mesh.Catalog, options, clock, loggers.CreateLogger<InProcessEngine>()));
        Own(mesh);
        var retention = Own(new PeriodicWork(
            "deleting what was kept long enough", new RetentionSweep(stores, configuration.Retention).RunAsync, clock, loggers.CreateLogger<MeshHost>()));
        var purge = Own(new PeriodicWork(
            "deleting ended runs",
            token => _engine.PurgeAsync(configuration.Retention.History.Before(clock.GetUtcNow()), token),
            clock,
            loggers.CreateLogger<MeshHost>()));
        var comparisons = Own(new PeriodicWork(
            "starting comparisons that are due",
            new ReconcileTimer(configuration, stores, mesh.Reconciliations, loggers.CreateLogger<ReconcileTimer>()).RunAsync,
            clock,
            loggers.CreateLogger<MeshHost>()));
        await _engine.StartAsync(cancellationToken);
        mesh.Start(_engine);
        mesh.StartSweeping();
        upkeep.Start();
        retention.Start(RetentionSweep.Interval);
        purge.Start(BetweenPurges);
        comparisons.Start(ReconcileTimer.Interval);
        _app.ServeServerlessSync(new ServerlessSyncWeb(WebPorts.Of(mesh, configuration, _engine, EnvironmentSecrets.Find, loggers)));
        await _app.StartAsync(cancellationToken);
    }

    static WebApplication MakeApp(ServeSettings settings)
    {
        var builder = WebServer.NewBuilder(settings.Urls, new WebLimits());
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // A start that fails is told in one line by the command, not as a stack trace as well.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        return builder.Build();
    }

    T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
