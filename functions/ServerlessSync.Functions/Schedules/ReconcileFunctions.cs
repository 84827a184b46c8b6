using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ServerlessSync.Mesh.Reconciliation;

namespace ServerlessSync.Functions;

/// <summary>Starts the comparisons that are due: the schedules are those of mesh.yaml, so one timer serves them all.</summary>
/// <param name="timer">Knows what is due.</param>
/// <param name="engine">Reaches the engine.</param>
public sealed class ReconcileFunctions(ReconcileTimer timer, BoundWorkflowClient engine)
{
    /// <summary>Starts what is due.</summary>
    [Function("reconcile-due")]
    public Task ReconcileAsync([TimerTrigger(Schedule.EveryMinute)] TimerInfo info, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        engine.Bind(client);
        return timer.RunAsync(cancellationToken);
    }
}
