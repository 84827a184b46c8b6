using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Connectors;
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
using ServerlessSync.TestKit.Crash;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>
/// The whole mesh in memory over scripted targets. Workflow timers run on a clock the test moves; the time limit of an attempt on the machine's.
/// Stores and targets outlive the mesh, so that it can be stopped or "killed" and started again over them.
/// </summary>
sealed partial class MeshWorld : IAsyncDisposable
{
    MeshRuntime? _mesh;
    readonly TimeProvider _gateClock;
    readonly Disruption? _disruption;
    InProcessEngine? _engine;

    /// <param name="configuration">mesh.yaml.</param>
    /// <param name="rows">The row store; in memory by default.</param>
    /// <param name="history">The workflow history; in memory by default.</param>
    /// <param name="gateFollowsClock">Whether the gates before the targets follow the clock the test moves.</param>
    /// <param name="disruption">What befalls the mesh on its way to the stores; the test looks past it.</param>
    /// <param name="clock">The clock the test moves; one of its own by default.</param>
    public MeshWorld(
        MeshConfiguration configuration,
        IRowStore? rows = null,
        IWorkflowHistory? history = null,
        bool gateFollowsClock = false,
        Disruption? disruption = null,
        FakeTimeProvider? clock = null)
    {
        Clock = clock ?? new FakeTimeProvider();
        _gateClock = gateFollowsClock ? Clock : TimeProvider.System;
        _disruption = disruption;
        Configuration = configuration;
        Rows = rows ?? new MemoryRowStore();
        History = history ?? new MemoryWorkflowHistory(Clock);
        Targets = configuration.Targets.Keys.ToDictionary(name => name, name => new ScriptedConnector(name, Script));
        Stores = OpenStores();
    }

    MeshWorld(MeshWorld other, IRowStore rows, IWorkflowHistory history, Disruption? disruption)
    {
        (Clock, Script, Targets, Configuration) = (other.Clock, other.Script, other.Targets, other.Configuration);
        (_gateClock, _disruption, Rows, History) = (other._gateClock, disruption, rows, history);
        Stores = OpenStores();
    }

    /// <summary>What the mesh is started with; another one counts from the next start, over the same targets.</summary>
    public MeshConfiguration Configuration { get; set; }

    /// <summary>The row store as it lies beneath the mesh.</summary>
    public IRowStore Rows { get; private set; }

    /// <summary>The history as it lies beneath the mesh.</summary>
    public IWorkflowHistory History { get; private set; }

    public Script Script { get; } = new();

    public FakeTimeProvider Clock { get; }

    public IReadOnlyDictionary<string, ScriptedConnector> Targets { get; }

    /// <summary>The stores as the mesh has them.</summary>
    public MeshStores Stores { get; private set; }

    public IWorkflowClient Client => _engine ?? throw new InvalidOperationException("not started");

    /// <summary>Ends, faulted, when the engine has lost its history.</summary>
    public Task Completion => (_engine ?? throw new InvalidOperationException("not started")).Completion;

    public MeshRuntime Mesh => _mesh ?? throw new InvalidOperationException("not started");

    /// <summary>How long an attempt may take on the machine's clock.</summary>
    public TimeSpan AttemptLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The process it stands for.</summary>
    public HistoryOwner Owner { get; init; } = new("test", 1, 1);

    /// <summary>Long by default, so that moving the clock over a wait takes nobody's lease.</summary>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromDays(10_000);

    /// <summary>Whether the history is spared what befalls the row store, as where they are two services.</summary>
    public bool DisruptsRowsOnly { get; init; }

    /// <summary>Events that may wait before the inbox has no more room.</summary>
    public int MostWaiting { get; init; } = Backlog.DefaultMost;

    /// <summary>What the mesh reaches a target through.</summary>
    public Func<ScriptedConnector, IConnector> Reached { get; init; } = connector => connector;

    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;

    public static async Task<MeshWorld> StartAsync(MeshConfiguration configuration, Func<ScriptedCall, Behaviour>? script = null)
    {
        var world = new MeshWorld(configuration);
        world.Script.On = script ?? world.Script.On;
        await world.StartAsync();
        return world;
    }

    /// <summary>A second process, not started, over the same targets and on the same clock.</summary>
    public MeshWorld Beside(IRowStore rows, IWorkflowHistory history, HistoryOwner owner, Disruption? disruption = null) =>
        new(this, rows, history, disruption) { Owner = owner, LeaseTime = LeaseTime, AttemptLimit = AttemptLimit };

    /// <summary>Goes on, once started again, over the same data opened anew.</summary>
    public void Reopen(IRowStore rows, IWorkflowHistory history)
    {
        (Rows, History) = (rows, history);
        Stores = OpenStores();
    }

    public async Task StartAsync()
    {
        Stores = OpenStores();
        var targets = new TargetSet(Configuration.Targets.Values.Select(t => new Target(
            t, Reached(Targets[t.Name]), new ConnectorGate(t.Name, new GateLimits { RatePerSecond = 100_000, Parallel = 64 }, _gateClock), TimeProvider.System, AttemptLimit)));
        _mesh = new MeshRuntime(Configuration, Stores, targets, new RulePolicy(Configuration), Logs.CreateLogger<MeshRuntime>());
        var options = new InProcessEngineOptions { Owner = Owner, LeaseTime = LeaseTime };
        var history = _disruption is null || DisruptsRowsOnly ? History : new CrashableHistory(History, _disruption);
        _engine = new InProcessEngine(history, _mesh.Catalog, options, Clock, Logs.CreateLogger<InProcessEngine>());
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

    public async ValueTask DisposeAsync() => await StopAsync();

    static string Mesh_IdOf(string employee) => ServerlessSync.Mesh.Authority.IdentityIds.From(new Anchor("hr", employee));

    MeshStores OpenStores() => new(_disruption is null ? Rows : new CrashableRowStore(Rows, _disruption), Clock, MostWaiting);
}
