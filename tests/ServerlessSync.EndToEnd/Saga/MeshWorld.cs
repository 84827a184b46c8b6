using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Connectors.Limits;
using ServerlessSync.Engines.InProcess;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Mesh.Workflows.Targets;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>
/// The whole mesh in memory over scripted targets. Workflow timers run on a clock the test moves; the time limit of an attempt on the machine's.
/// Stores and targets outlive the mesh, so that it can be stopped or "killed" and started again over them.
/// </summary>
sealed class MeshWorld : IAsyncDisposable
{
    static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
    MeshRuntime? _mesh;
    readonly TimeProvider _gateClock;
    InProcessEngine? _engine;

    /// <param name="configuration">mesh.yaml.</param>
    /// <param name="rows">The row store; in memory by default.</param>
    /// <param name="history">The workflow history; in memory by default.</param>
    /// <param name="gateFollowsClock">Whether the gates before the targets follow the clock the test moves.</param>
    public MeshWorld(MeshConfiguration configuration, IRowStore? rows = null, IWorkflowHistory? history = null, bool gateFollowsClock = false)
    {
        _gateClock = gateFollowsClock ? Clock : TimeProvider.System;
        Configuration = configuration;
        Rows = rows ?? new MemoryRowStore();
        History = history ?? new MemoryWorkflowHistory(Clock);
        Targets = configuration.Targets.Keys.ToDictionary(name => name, name => new ScriptedConnector(name, Script));
        Stores = new MeshStores(Rows, Clock);
    }

    /// <summary>What the mesh is started with; another one counts from the next start, over the same targets.</summary>
    public MeshConfiguration Configuration { get; set; }

    public IRowStore Rows { get; }

    public IWorkflowHistory History { get; }

    public Script Script { get; } = new();

    public FakeTimeProvider Clock { get; } = new();

    public IReadOnlyDictionary<string, ScriptedConnector> Targets { get; }

    public MeshStores Stores { get; private set; }

    public IWorkflowClient Client => _engine ?? throw new InvalidOperationException("not started");

    public MeshRuntime Mesh => _mesh ?? throw new InvalidOperationException("not started");

    /// <summary>How long an attempt may take on the machine's clock.</summary>
    public TimeSpan AttemptLimit { get; init; } = TimeSpan.FromSeconds(30);

    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;

    public static async Task<MeshWorld> StartAsync(MeshConfiguration configuration, Func<ScriptedCall, Behaviour>? script = null)
    {
        var world = new MeshWorld(configuration);
        world.Script.On = script ?? world.Script.On;
        await world.StartAsync();
        return world;
    }

    public async Task StartAsync()
    {
        Stores = new MeshStores(Rows, Clock);
        var targets = new TargetSet(Configuration.Targets.Values.Select(t => new Target(
            t, Targets[t.Name], new ConnectorGate(t.Name, new GateLimits { RatePerSecond = 100_000, Parallel = 64 }, _gateClock), TimeProvider.System, AttemptLimit)));
        _mesh = new MeshRuntime(Configuration, Stores, targets, new RulePolicy(Configuration), Logs.CreateLogger<MeshRuntime>());
        var options = new InProcessEngineOptions { Owner = new HistoryOwner("test", 1, 1), LeaseTime = TimeSpan.FromDays(10_000) };
        _engine = new InProcessEngine(History, _mesh.Catalog, options, Clock, Logs.CreateLogger<InProcessEngine>());
        await _engine.StartAsync(CancellationToken.None);
        _mesh.Start(_engine);
        await _mesh.SweepOnceAsync(CancellationToken.None);
    }

    /// <summary>Stops the mesh as a crash would: what is under way is lost with it, stores and targets stay.</summary>
    public async Task StopAsync()
    {
        if (_mesh is not null && _engine is not null)
        {
            await _mesh.DisposeAsync();
            await _engine.DisposeAsync();
            (_mesh, _engine) = (null, null);
        }
    }

    public static string IdOf(string employee) => Mesh_IdOf(employee);

    /// <summary>The record of an employee as HR sends it.</summary>
    public ChangeEvent Hr(string employee, long sequence, string department = "IT", string? manager = null, ChangeKind kind = ChangeKind.Changed)
    {
        var data = new Dictionary<string, string>
        {
            ["userName"] = $"{employee}@example.com", ["displayName"] = $"Person {employee}", ["department"] = department,
        };
        if (manager is not null)
        {
            data["manager"] = manager;
        }

        return new ChangeEvent
        {
            Id = $"{employee}-{sequence}",
            Source = "hr",
            Subject = employee,
            Kind = kind,
            Sequence = sequence,
            OccurredAt = Clock.GetUtcNow(),
            ReceivedAt = Clock.GetUtcNow(),
            Data = kind == ChangeKind.Changed ? data : new Dictionary<string, string>(),
        };
    }

    public ChangeEvent Leaver(string employee, long sequence) => Hr(employee, sequence, kind: ChangeKind.Terminated);

    /// <summary>Accepts events and carries each through to the end, moving the clock over every wait.</summary>
    public async Task CarryAsync(params ChangeEvent[] events)
    {
        await Stores.Inbox.AcceptAsync(events, CancellationToken.None);
        await SettleAsync();
    }

    /// <summary>Moves the clock from timer to timer until every lane is idle and nothing is left in the inbox.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Guard);
        Lane? at = null;
        try
        {
            while (await UnsettledAsync(limit.Token) is { } lane)
            {
                at = lane;
                if (lane.Run is { } run && await Client.GetInstanceAsync(run, limit.Token) is { HasEnded: false })
                {
                    await MoveUntilAsync(Client.WaitForInstanceCompletionAsync(run, limit.Token), limit.Token);
                }

                await Mesh.SweepOnceAsync(limit.Token);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            var run = at?.Run is { } id ? await Client.GetInstanceAsync(id, CancellationToken.None) : null;
            throw new InvalidOperationException($"It does not settle: {at}, {run}; next timer {Clock.NextTimer:O}, now {Clock.GetUtcNow():O}", e);
        }
    }

    /// <summary>Moves the clock from timer to timer until the task has ended.</summary>
    public async Task MoveUntilAsync(Task done, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        while (!done.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.WhenAny(done, Clock.WaitForTimerAsync(TimeSpan.FromDays(2), ended.Token));
            if (!done.IsCompleted && Clock.NextTimer is { } next && next < Clock.GetUtcNow() + TimeSpan.FromDays(2))
            {
                Clock.Advance(next - Clock.GetUtcNow());
            }
        }

        await ended.CancelAsync();
        await done;
    }

    public async Task<IReadOnlyList<ExceptionItem>> ExceptionsAsync()
    {
        var open = new List<ExceptionItem>();
        await foreach (var (_, item) in Stores.Exceptions.ReadOpenAsync(null, CancellationToken.None))
        {
            open.Add(item);
        }

        return open;
    }

    public Task<IdentityView?> ViewAsync(string employee) => Stores.Registry.ViewAsync(IdOf(employee), CancellationToken.None);

    public async ValueTask DisposeAsync() => await StopAsync();

    static string Mesh_IdOf(string employee) => ServerlessSync.Mesh.Authority.IdentityIds.From(new Anchor("hr", employee));

    async Task<Lane?> UnsettledAsync(CancellationToken cancellationToken)
    {
        // The inbox first: an event leaves it only after its lane is marked busy.
        foreach (var source in new[] { "hr", "mesh" })
        {
            await foreach (var _ in Stores.Inbox.ReadReceivedAsync(source, cancellationToken))
            {
                return Lane.Empty;
            }
        }

        await foreach (var identityId in Stores.Lanes.ReadBusyAsync(cancellationToken))
        {
            if (await Stores.Lanes.FindAsync(identityId, cancellationToken) is { IsIdle: false } lane)
            {
                return lane;
            }
        }

        return null;
    }
}
