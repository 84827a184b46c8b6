using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Web;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary>A world's mesh served over HTTP, for the program to ask.</summary>
sealed class ServedMesh : IAsyncDisposable
{
    public const string Key = "a-key-of-both-roles";
    public const string ViewerKey = "a-key-that-only-sees";

    /// <summary>The keys as the program finds them.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string> { ["KEY"] = Key, ["VIEW"] = ViewerKey, ["WRONG"] = "wrong" };

    readonly WebApplication _app;

    ServedMesh(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    /// <summary>What names it on the command line.</summary>
    public string[] Words => ["--host", Address, "--key", "env:KEY"];

    /// <param name="world">The mesh, started.</param>
    /// <param name="requests">What compares instead of the mesh.</param>
    public static async Task<ServedMesh> StartAsync(MeshWorld world, IReconciliationRequests? requests = null)
    {
        var app = WebServer.NewBuilder("http://127.0.0.1:0", new WebLimits()).Build();
        ApiKeyConfiguration[] keys = [new("otto", new("env", "KEY"), ["viewer", "operator"]), new("vera", new("env", "VIEW"), ["viewer"])];
        var ports = WebPorts.Of(
            world.Mesh,
            world.Configuration with { ApiKeys = keys },
            world.Client,
            reference => Environment.GetValueOrDefault(reference.Name) ?? "whsec_" + Convert.ToBase64String(new byte[32]),
            NullLoggerFactory.Instance);
        app.ServeServerlessSync(new ServerlessSyncWeb(requests is null ? ports : ports with { Reconciliations = requests }));
        await app.StartAsync();
        return new ServedMesh(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
