using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;

namespace ServerlessSync.LocalHost;

/// <summary>The mesh in this process, for as long as the command takes.</summary>
sealed class OwnMesh : IReconcilingMesh
{
    /// <summary>A host that serves has the store for itself; a start that takes longer than this waits for one.</summary>
    static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(20);

    /// <summary>Lines of a plan that are read at once.</summary>
    const int PlanLines = 500;

    readonly MeshConfiguration _configuration;
    readonly MeshHost _host;

    OwnMesh(MeshConfiguration configuration, MeshHost host) => (_configuration, _host) = (configuration, host);

    MeshRuntime Mesh => _host.Mesh;

    /// <summary>Starts it.</summary>
    /// <exception cref="IOException">A host that serves has the store.</exception>
    public static async Task<OwnMesh> StartAsync(MeshConfiguration configuration, ServeSettings settings, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LongestStart, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return new OwnMesh(configuration, await MeshHost.StartAsync(configuration, settings, either.Token));
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"a host that serves has the store at {settings.Store.Data}; ask it with --host and --key", e);
        }
    }

    /// <inheritdoc/>
    public Task<ReconciliationAnswer> PlanAsync(string target, ReconciliationMode mode, CancellationToken cancellationToken) => !_configuration.Targets.ContainsKey(target)
        ? Task.FromResult(new ReconciliationAnswer(ReconciliationDecision.UnknownTarget))
        : Mesh.Reconciliations.StartAsync(
            new ReconciliationRequest(target, $"{ReconciliationRequest.RunPrefix}{target}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}", DryRun: true, Environment.UserName) { Mode = mode },
            cancellationToken);

    /// <inheritdoc/>
    public Task<ReconciliationAnswer> ApplyAsync(string target, string planHash, CancellationToken cancellationToken) => !_configuration.Targets.ContainsKey(target)
        ? Task.FromResult(new ReconciliationAnswer(ReconciliationDecision.UnknownTarget))
        : Mesh.Reconciliations.ApplyAsync(target, planHash, Environment.UserName, cancellationToken);

    /// <inheritdoc/>
    public async Task<ReconciliationRun?> FindAsync(string target, string run, CancellationToken cancellationToken)
    {
        await foreach (var known in Mesh.Stores.Reconciliations.ReadAsync(target, cancellationToken))
        {
            if (known.Run == run)
            {
                return known;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<PlanLine> ReadPlanAsync(ReconciliationRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new PlanReader(Mesh.Stores, _configuration);
        string? token = null;
        do
        {
            var page = await reader.ReadAsync(run.Target, run.Number, token, PlanLines, cancellationToken);
            if (page.Standing != PlanStanding.There)
            {
                throw new IOException(page.Reason);
            }

            foreach (var line in page.Lines)
            {
                yield return line;
            }

            PlanText.RequireWhole(page.Damaged.Count);
            token = page.Next;
        }
        while (token is not null);
    }

    /// <inheritdoc/>
    public async Task<int> CountQueuedAsync(string target, CancellationToken cancellationToken)
    {
        var queued = 0;
        await foreach (var _ in Mesh.Stores.Drifts.ReadQueuedAsync(target, cancellationToken))
        {
            queued++;
        }

        return queued;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
