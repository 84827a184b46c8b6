using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.TestKit.Audit;

/// <summary>A record under test: streams on a row store, checkpoints over them, and an anchor.</summary>
public sealed class AuditRecord(IRowStore rows, FakeTimeProvider? clock = null) : IDisposable
{
    static readonly MeshConfiguration Configuration = new()
    {
        Organisation = "example",
        Hash = "",
        Owners = new Dictionary<string, string> { ["default"] = "identity-team" },
        Sources = new Dictionary<string, SourceConfiguration>(),
        Authority = new Dictionary<Mesh.Model.IdentityKind, AuthorityConfiguration>(),
        Targets = new Dictionary<string, TargetConfiguration>(),
        Entitlements = [],
        Policy = null!,
        Guards = new Dictionary<string, GuardConfiguration>(),
    };

    Checkpointer? _checkpointer;

    public IRowStore Rows => rows;

    public FakeTimeProvider Clock { get; } = clock ?? new FakeTimeProvider();

    public MemoryAnchor Anchor { get; } = new();

    public MemorySigner Signer { get; } = new();

    public MeshStores Stores => field ??= new MeshStores(rows, Clock);

    /// <summary>Another process on the same store and anchor: it knows nothing of what this one did.</summary>
    public AuditProcess Start(IRowStore? through = null, int mostLeaves = ChangedStreams.Most)
    {
        var stores = new MeshStores(through ?? rows, Clock);
        var alarm = new CheckpointAlarm(stores, Configuration);
        return new AuditProcess(stores, new Checkpointer(stores, Signer, Anchor, alarm, NullLogger.Instance) { MostLeaves = mostLeaves });
    }

    /// <summary>Appends entries to a stream, one commit each.</summary>
    public async Task AddAsync(string stream, int entries = 1, string table = TableNames.Identities)
    {
        for (var i = 0; i < entries; i++)
        {
            await AddAsync(Stores, stream, table);
        }
    }

    /// <summary>Appends an entry.</summary>
    public static Task AddAsync(MeshStores stores, string stream, string table = TableNames.Identities) => stores.Partitions.EditAsync(
        table,
        stream,
        edit =>
        {
            edit.Audit(AuditDraft.Of($"entry-{stream}", AuditKind.Operator, new { stream, said = "something" }));
            return Task.FromResult(true);
        },
        CancellationToken.None);

    /// <summary>One round of this process's checkpoints.</summary>
    public Task<bool> CheckpointAsync()
    {
        _checkpointer ??= new Checkpointer(Stores, Signer, Anchor, new CheckpointAlarm(Stores, Configuration), NullLogger.Instance);
        return _checkpointer.RunAsync(CancellationToken.None);
    }

    public Task<AuditReport> VerifyAsync(int windowLeaves = 250_000) =>
        new AuditVerifier(rows, new AnchorRecord(Anchor, [Signer.Public])) { WindowLeaves = windowLeaves }.VerifyAsync(CancellationToken.None);

    public void Dispose() => Signer.Dispose();
}

/// <summary>A process that takes checkpoints.</summary>
public sealed record AuditProcess(MeshStores Stores, Checkpointer Checkpointer)
{
    public Task<bool> CheckpointAsync() => Checkpointer.RunAsync(CancellationToken.None);
}
