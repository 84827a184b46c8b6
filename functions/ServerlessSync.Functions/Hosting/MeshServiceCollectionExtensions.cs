using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessSync.Engines.DurableTask;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Web;

namespace ServerlessSync.Functions;

/// <summary>Puts the mesh together for the functions.</summary>
public static class MeshServiceCollectionExtensions
{
    /// <summary>Adds what the functions take.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="partsOf">Gives the parts; called once.</param>
    public static IServiceCollection AddServerlessSync(this IServiceCollection services, Func<IServiceProvider, MeshParts> partsOf) => services
        .AddSingleton(partsOf)
        .AddSingleton(provider => MakeAudit(provider.GetRequiredService<MeshParts>()))
        .AddSingleton(provider => MakeMesh(provider.GetRequiredService<MeshParts>()))
        .AddSingleton(provider => new BoundWorkflowClient(provider.GetRequiredService<MeshRuntime>().Catalog))
        .AddSingleton(provider => new DurableTaskWorkflows(provider.GetRequiredService<MeshRuntime>().Catalog))
        .AddSingleton(MakeWeb)
        .AddSingleton<WebDoor>()
        .AddSingleton(provider => new DriftMessages(provider.GetRequiredService<MeshRuntime>().Remediation))
        .AddSingleton(provider => new Redelivery(provider.GetRequiredService<MeshParts>().Stores.Clock))
        .AddSingleton(provider => new Measures(provider.GetRequiredService<MeshParts>().Stores))
        .AddSingleton(provider => provider.GetRequiredService<MeshParts>().Report)
        .AddSingleton(provider => MakeRetention(provider.GetRequiredService<MeshParts>()))
        .AddSingleton(provider => MakeComparisons(provider.GetRequiredService<MeshParts>(), provider.GetRequiredService<MeshRuntime>()))
        .AddSingleton(provider => MakePurge(provider.GetRequiredService<MeshParts>(), provider.GetRequiredService<BoundWorkflowClient>()))
        .AddHostedService<MeshService>();

    static AuditUpkeep MakeAudit(MeshParts parts) => new(parts.Configuration, parts.Stores, parts.Signer, parts.Anchor, parts.Loggers);

    static MeshRuntime MakeMesh(MeshParts parts) =>
        new(parts.Configuration, parts.Stores, parts.Targets, new RulePolicy(parts.Configuration), parts.Loggers.CreateLogger<MeshRuntime>());

    static ServerlessSyncWeb MakeWeb(IServiceProvider provider)
    {
        var parts = provider.GetRequiredService<MeshParts>();
        return new ServerlessSyncWeb(WebPorts.Of(
            provider.GetRequiredService<MeshRuntime>(),
            parts.Configuration,
            provider.GetRequiredService<BoundWorkflowClient>(),
            parts.Secrets,
            parts.Loggers));
    }

    static RetentionSweep MakeRetention(MeshParts parts) => new(parts.Stores, parts.Configuration.Retention);

    static ReconcileTimer MakeComparisons(MeshParts parts, MeshRuntime mesh) =>
        new(parts.Configuration, parts.Stores, mesh.Reconciliations, parts.Loggers.CreateLogger<ReconcileTimer>());

    static EndedRuns MakePurge(MeshParts parts, BoundWorkflowClient engine) => new(engine, parts.Configuration.Retention, parts.Stores.Clock);
}
