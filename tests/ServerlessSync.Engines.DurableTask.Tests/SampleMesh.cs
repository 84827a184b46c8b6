using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Connectors.Limits;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Targets;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.Engines.DurableTask.Tests;

/// <summary>The mesh over memory and two scripted targets, for an engine to run.</summary>
sealed class SampleMesh : IAsyncDisposable
{
    public SampleMesh()
    {
        var configuration = new HrYaml
        {
            Targets = ["t1", "t2"],
            Attempt = "PT5S",
            Entitlements = ["""{ name: all, when: { kind: "person" }, risk: low, grants: { t1: ["group:All"], t2: ["role:all"] } }"""],
        };
        var loaded = (configuration with { Targets = configuration.Targets.Select(Yaml) }).Load();
        Targets = configuration.Targets.ToDictionary(name => name, name => new ScriptedConnector(name, Script));
        Stores = new MeshStores(new MemoryRowStore(), TimeProvider.System);
        var targets = new TargetSet(loaded.Targets.Values.Select(t => new Target(
            t, Targets[t.Name], new ConnectorGate(t.Name, new GateLimits { RatePerSecond = 100_000, Parallel = 64 }, TimeProvider.System), TimeProvider.System, TimeSpan.FromSeconds(5))));
        Mesh = new MeshRuntime(loaded, Stores, targets, new RulePolicy(loaded), NullLogger<MeshRuntime>.Instance);
    }

    public Script Script { get; } = new();

    public IReadOnlyDictionary<string, ScriptedConnector> Targets { get; }

    public MeshStores Stores { get; }

    public MeshRuntime Mesh { get; }

    public ValueTask DisposeAsync() => Mesh.DisposeAsync();

    public static ChangeEvent Hr(long sequence, ChangeKind kind, string department = "IT") => new()
    {
        Id = $"ann-{sequence}",
        Source = HrYaml.Source,
        Subject = "ann",
        Kind = kind,
        Sequence = sequence,
        OccurredAt = TimeProvider.System.GetUtcNow(),
        ReceivedAt = TimeProvider.System.GetUtcNow(),
        Data = kind == ChangeKind.Changed
            ? new Dictionary<string, string>(StringComparer.Ordinal) { ["userName"] = "ann@example.com", ["displayName"] = "Ann", ["department"] = department }
            : new Dictionary<string, string>(StringComparer.Ordinal),
    };

    static string Yaml(string name) =>
        $$"""{{name}}: { connector: scim, url: "https://{{name}}.example/scim", credential: env:T, scope: { kind: person }, stage: enforce, limit: { rate: 10000/s, parallel: 8 }, retry: { attempts: 3, first: PT1S, factor: 2, longest: PT10S }, attributes: [displayName, department] }""";
}
