using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Workflows;

namespace ServerlessSync.Functions;

/// <summary>What has to be done from time to time and once for the whole app. A round that fails is logged by the platform, and the next one tries again.</summary>
/// <param name="mesh">The mesh.</param>
/// <param name="retention">Deletes what was kept long enough.</param>
/// <param name="runs">Deletes ended runs.</param>
/// <param name="audit">Takes checkpoints.</param>
/// <param name="engine">Reaches the engine.</param>
public sealed class TimerFunctions(MeshRuntime mesh, RetentionSweep retention, EndedRuns runs, AuditUpkeep audit, BoundWorkflowClient engine)
{
    /// <summary>Finds events and lanes that were left lying.</summary>
    [Function("sweep")]
    public Task SweepAsync([TimerTrigger(Schedule.EveryMinute)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        engine.Bind(client);
        return mesh.SweepOnceAsync(cancellationToken);
    }

    /// <summary>Deletes rows that were kept long enough, some each round.</summary>
    [Function("retention")]
    public Task RetainAsync([TimerTrigger(Schedule.MiddleOfMinute)] TimerInfo timer, CancellationToken cancellationToken) => retention.RunAsync(cancellationToken);

    /// <summary>Deletes the history of runs that ended long enough ago.</summary>
    [Function("purge-runs")]
    public Task PurgeAsync([TimerTrigger(Schedule.EveryHour)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        engine.Bind(client);
        return runs.PurgeAsync(client, cancellationToken);
    }

    /// <summary>Takes a checkpoint over what an instance of the app wrote that was ended before it took one.</summary>
    [Function("compare-audit")]
    public Task CompareAuditAsync([TimerTrigger(Schedule.EveryHour)] TimerInfo timer, CancellationToken cancellationToken) => audit.CompareAllAsync(cancellationToken);
}
