using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary>A mesh that serves over HTTP and whose comparisons find what the test says, for the program to ask.</summary>
sealed class ComparingServer : IReconciliationRequests, IAsyncDisposable
{
    public const string Key = "a-key-of-both-roles";
    public const string PlanHash = "5f0c";

    readonly WebApplication _app;
    readonly MeshWorld _world;

    ComparingServer(MeshWorld world)
    {
        _world = world;
        _app = WebServer.NewBuilder("http://127.0.0.1:0", new WebLimits()).Build();
        var ports = WebPorts.Of(
            world.Mesh,
            world.Configuration with { ApiKeys = [new ApiKeyConfiguration("otto", new("env", "KEY"), ["viewer", "operator"])] },
            world.Client,
            reference => reference.Name == "KEY" ? Key : "whsec_" + Convert.ToBase64String(new byte[32]),
            NullLoggerFactory.Instance);
        _app.ServeServerlessSync(new ServerlessSyncWeb(ports with { Reconciliations = this }));
    }

    /// <summary>What was asked for.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>How the comparison ends.</summary>
    public ReconciliationOutcome Outcome { get; set; } = ReconciliationOutcome.Completed;

    /// <summary>What its findings hold.</summary>
    public string Found { get; set; } = "b@example.com";

    public string Address => _app.Urls.Single();

    public string[] Words => ["--host", Address, "--key", "env:KEY"];

    public static async Task<ComparingServer> StartAsync(MeshWorld world)
    {
        var server = new ComparingServer(world);
        await server._app.StartAsync();
        return server;
    }

    public async Task<ReconciliationAnswer> StartAsync(ReconciliationRequest request, CancellationToken cancellationToken)
    {
        Asked.Add($"{(request.DryRun ? "plan" : "run")} {request.Target} {request.AskedBy}{(request.Mode == ReconciliationMode.Changes ? " changes" : "")}");
        await CompareAsync(request.Target, request.Run, request.DryRun, request.Mode, cancellationToken);
        return new ReconciliationAnswer(ReconciliationDecision.Started, request.Run);
    }

    public async Task<ReconciliationAnswer> ApplyAsync(string target, string planHash, string askedBy, CancellationToken cancellationToken)
    {
        Asked.Add($"apply {target} {planHash} {askedBy}");
        if (planHash != PlanHash)
        {
            return new ReconciliationAnswer(ReconciliationDecision.OtherPlan);
        }

        await CompareAsync(target, "applied", dryRun: false, ReconciliationMode.Complete, cancellationToken);
        return new ReconciliationAnswer(ReconciliationDecision.Started, "applied");
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    async Task CompareAsync(string target, string run, bool dryRun, ReconciliationMode mode, CancellationToken cancellationToken)
    {
        var now = _world.Clock.GetUtcNow();
        await _world.Stores.Reconciliations.BeginAsync(
            target,
            run,
            n => new ReconciliationRun
            {
                Target = target, Number = n, Run = run, AskedBy = "otto", DryRun = dryRun, Mode = mode, Configuration = "c", StartedAt = now, Accounts = 10, Expected = 11, PlanHash = PlanHash,
                Found = new Dictionary<DriftKind, int> { [DriftKind.Attribute] = 1 },
            },
            cancellationToken);
        foreach (var (identity, by) in new[] { ("ada", run), ("earlier", "run0") })
        {
            var item = new DriftItem { Target = target, IdentityId = identity, AccountKey = "42", OpenedAt = now, FoundBy = by, Findings = [new(DriftKind.Attribute, "mail", "a@example.com", Found, now, now)] };
            await _world.Stores.Drifts.OpenAsync(item, DriftState.Asked, cancellationToken);
        }

        await _world.Stores.Reconciliations.ChangeAsync(target, run, r => r with { EndedAt = now, Outcome = Outcome, Reason = Outcome == ReconciliationOutcome.Abandoned ? "the read ended early" : null }, cancellationToken);
    }
}
