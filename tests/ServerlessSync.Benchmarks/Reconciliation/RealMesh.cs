using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Connectors.Limits;
using ServerlessSync.Engines.InProcess;
using ServerlessSync.Hosting;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Mesh.Workflows.Targets;
using ServerlessSync.Storage.Sqlite;
using ServerlessSync.TestKit;

namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>The mesh put together as the local host does, over a registry in SQLite and a target that is generated.</summary>
sealed class RealMesh : IAsyncDisposable
{
    public const string Target = "saas";

    const string Run = "compare";
    const double RatePerSecond = 1_000_000;
    const int Parallel = 64;

    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    readonly SqliteDatabase _database;
    readonly ConnectorGate _gate;
    readonly MeshRuntime _mesh;
    readonly InProcessEngine _engine;

    public RealMesh(string folder, int people)
    {
        var (configuration, clock) = (Yaml.Load(), TimeProvider.System);
        var target = configuration.Targets[Target];
        _database = SqliteDatabase.Open(new SqliteOptions(FileOf(folder)));
        _gate = new ConnectorGate(Target, new GateLimits { RatePerSecond = RatePerSecond, Parallel = Parallel }, clock);
        var targets = new TargetSet([new Target(target, new GeneratedTarget(Target, people), _gate, clock, configuration.Deadlines.Attempt)]);
        _mesh = new MeshRuntime(
            configuration, new MeshStores(new SqliteRowStore(_database), clock), targets, new RulePolicy(configuration), NullLogger<MeshRuntime>.Instance)
        {
            SortedRuns = new FileSortedRunStore(Path.Combine(folder, "sorted-runs")),
        };
        _engine = new InProcessEngine(
            new SqliteWorkflowHistory(_database, clock),
            _mesh.Catalog,
            new InProcessEngineOptions { Owner = ProcessIdentity.Current() },
            clock,
            NullLogger<InProcessEngine>.Instance);
    }

    static HrYaml Yaml => new()
    {
        Targets =
        [
            $"{Target}: {{ connector: scim, url: \"https://saas.example/scim\", credential: env:T, scope: {{ kind: person }}, stage: enforce, "
            + $"limit: {{ rate: 100000/s, parallel: 64 }}, attributes: [{string.Join(", ", RealPerson.Managed)}] }}",
        ],
        Entitlements =
        [
            $"{{ name: all, when: {{ kind: person }}, risk: low, grants: {{ {Target}: [\"{RealPerson.Everyone}\", \"{RealPerson.Payments}\"] }} }}",
        ],
    };

    public static string FileOf(string folder) => Path.Combine(folder, "mesh.db");

    /// <summary>Compares, only to plan; answers the comparison, and how long it stood in each of its stages.</summary>
    public async Task<(ReconciliationRun Ended, IReadOnlyDictionary<string, TimeSpan> Stages)> CompareAsync(CancellationToken cancellationToken)
    {
        await _engine.StartAsync(cancellationToken);
        _mesh.Start(_engine);
        await _mesh.Reconciliations.StartAsync(new ReconciliationRequest(Target, Run, DryRun: true, "bench"), cancellationToken);
        var (stages, since) = (new Dictionary<string, TimeSpan>(), TimeProvider.System.GetTimestamp());
        while (await _engine.GetInstanceAsync(Run, cancellationToken) is { HasEnded: false } run)
        {
            await Task.Delay(BetweenLooks, TimeProvider.System, cancellationToken);
            var stage = StageOf(run);
            stages[stage] = stages.GetValueOrDefault(stage) + TimeProvider.System.GetElapsedTime(since);
            since = TimeProvider.System.GetTimestamp();
        }

        return ((await _mesh.Stores.Reconciliations.FindLastAsync(Target, cancellationToken))!, stages);
    }

    public async ValueTask DisposeAsync()
    {
        await _mesh.DisposeAsync();
        await _engine.DisposeAsync();
        await _gate.DisposeAsync();
        await _database.DisposeAsync();
    }

    static string StageOf(WorkflowInstance run)
    {
        using var status = System.Text.Json.JsonDocument.Parse(run.CustomStatus ?? "{}");
        var stage = status.RootElement.TryGetProperty("stage", out var said) ? said.GetString()! : "begin";
        // Accounts, rights, credentials and the record are read at once.
        return stage.StartsWith("read-", StringComparison.Ordinal) ? "read" : stage;
    }
}
