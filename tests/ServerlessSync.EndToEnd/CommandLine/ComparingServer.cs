using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary>A mesh that serves over HTTP and whose comparisons find what the test says, for the program to ask.</summary>
sealed class ComparingServer : IReconciliationRequests, IAsyncDisposable
{
    public const string PlanHash = "5f0c";

    const string Target = "t1";

    readonly MeshWorld _world;
    ServedMesh _served = null!;

    ComparingServer(MeshWorld world) => _world = world;

    /// <summary>What was asked for.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>How the comparison ends.</summary>
    public ReconciliationOutcome Outcome { get; set; } = ReconciliationOutcome.Completed;

    /// <summary>What its findings hold.</summary>
    public string Found { get; set; } = "b@example.com";

    /// <summary>Whether a row of its plan is damaged.</summary>
    public bool Damages { get; set; }

    public string Address => _served.Address;

    public string[] Words => _served.Words;

    public static async Task<ComparingServer> StartAsync(MeshWorld world)
    {
        var server = new ComparingServer(world);
        server._served = await ServedMesh.StartAsync(world, server);
        return server;
    }

    public Task<bool> IsUnderWayAsync(string target, CancellationToken cancellationToken) => _world.Mesh.Reconciliations.IsUnderWayAsync(target, cancellationToken);

    public Task EndDeadAsync(string target, CancellationToken cancellationToken) => _world.Mesh.Reconciliations.EndDeadAsync(target, cancellationToken);

    public async Task<ReconciliationAnswer> StartAsync(ReconciliationRequest request, CancellationToken cancellationToken)
    {
        Asked.Add($"{(request.DryRun ? "plan" : "run")} {request.Target} {request.AskedBy}{(request.Mode == ReconciliationMode.Changes ? " changes" : "")}");
        await CompareAsync(request.Run, request.DryRun, request.Mode, cancellationToken);
        return new ReconciliationAnswer(ReconciliationDecision.Started, request.Run);
    }

    public async Task<ReconciliationAnswer> ApplyAsync(string target, string planHash, string askedBy, CancellationToken cancellationToken)
    {
        Asked.Add($"apply {target} {planHash} {askedBy}");
        if (planHash != PlanHash)
        {
            return new ReconciliationAnswer(ReconciliationDecision.OtherPlan);
        }

        await CompareAsync("applied", dryRun: false, ReconciliationMode.Complete, cancellationToken);
        return new ReconciliationAnswer(ReconciliationDecision.Started, "applied");
    }

    public Task<PauseAnswer> PauseAsync(string target, string askedBy, CancellationToken cancellationToken) =>
        _world.Mesh.Reconciliations.PauseAsync(target, askedBy, cancellationToken);

    public Task<PauseAnswer> ResumeAsync(string target, string askedBy, CancellationToken cancellationToken) =>
        _world.Mesh.Reconciliations.ResumeAsync(target, askedBy, cancellationToken);

    /// <summary>A comparison begins, and does not end.</summary>
    public Task<ReconciliationRun> BeginAsync(
        string run, bool dryRun, CancellationToken cancellationToken, ReconciliationMode mode = ReconciliationMode.Complete) => _world.Stores.Reconciliations.BeginAsync(
        Target,
        run,
        n => new ReconciliationRun
        {
            Target = Target, Number = n, Run = run, AskedBy = "otto", DryRun = dryRun, Mode = mode, Configuration = "c", StartedAt = _world.Clock.GetUtcNow(),
            Accounts = 10, Expected = 11, PlanHash = PlanHash, Found = new Dictionary<DriftKind, int> { [DriftKind.Attribute] = 2, [DriftKind.Status] = 1 },
            Guarded = new Dictionary<DriftKind, string> { [DriftKind.Status] = "status on t1: 3 of 11 > 10%" },
        },
        cancellationToken);

    public async ValueTask DisposeAsync() => await _served.DisposeAsync();

    async Task CompareAsync(string run, bool dryRun, ReconciliationMode mode, CancellationToken cancellationToken)
    {
        var begun = await BeginAsync(run, dryRun, cancellationToken, mode);
        Suspect[] found =
        [
            Confirmed("ada", DriftKind.Attribute, "mail", "a@example.com", Found) with { Decided = DriftState.Asked, Reason = "a person decides about attribute" },
            Confirmed("bob", DriftKind.Attribute, "title", null, "Chief") with { Decided = DriftState.Queued },
            Confirmed("eve", DriftKind.Status, "", "active", "disabled") with { Decided = DriftState.Queued },
            new Suspect { IdentityId = "flo", State = SuspectState.InFlight },
        ];
        await _world.Stores.Suspects.AddAsync(Target, begun.Number, dryRun ? found : await OpenAsync(run, found[..2], cancellationToken), cancellationToken);
        if (Damages)
        {
            await DamageAsync("s-i-bob", cancellationToken);
        }

        await _world.Stores.Reconciliations.ChangeAsync(
            Target,
            run,
            r => r with { EndedAt = _world.Clock.GetUtcNow(), Outcome = Outcome, Reason = Outcome == ReconciliationOutcome.Abandoned ? "the read ended early" : null },
            cancellationToken);
    }

    /// <summary>Opens an item of each, and mends those that were to be mended.</summary>
    async Task<Suspect[]> OpenAsync(string run, IEnumerable<Suspect> found, CancellationToken cancellationToken)
    {
        var placed = new List<Suspect>();
        foreach (var suspect in found)
        {
            var item = await _world.Stores.Drifts.OpenAsync(
                new DriftItem
                {
                    Target = Target, IdentityId = suspect.IdentityId, AccountKey = "42", OpenedAt = _world.Clock.GetUtcNow(), FoundBy = run,
                    Findings = suspect.Findings, Reason = suspect.Reason,
                },
                suspect.Decided,
                cancellationToken);
            placed.Add(suspect with { Placed = item.State, Opening = item.Opening });
            if (item.State == DriftState.Queued)
            {
                await _world.Stores.Drifts.SettleMendedAsync(item, "mended and read back by run r7", "r7", cancellationToken);
            }
        }

        return [.. placed];
    }

    async Task DamageAsync(string key, CancellationToken cancellationToken)
    {
        var rows = await _world.Rows.ScanAsync(TableNames.Reconciliations, KeyRange.All, cancellationToken).Where(row => row.Key == key).ToListAsync(cancellationToken);
        await _world.Rows.CommitAsync(new RowBatch(TableNames.Reconciliations, rows.Single().Partition, RowWrite.Put(key, "nonsense"u8.ToArray())), cancellationToken);
    }

    Suspect Confirmed(string identity, DriftKind kind, string subject, string? expected, string found) => new()
    {
        IdentityId = identity, AccountKey = "42", State = SuspectState.Confirmed,
        Findings = [new(kind, subject, expected, found, _world.Clock.GetUtcNow(), _world.Clock.GetUtcNow())],
    };
}
