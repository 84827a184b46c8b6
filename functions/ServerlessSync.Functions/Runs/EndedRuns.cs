using Microsoft.DurableTask.Client;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Functions;

/// <summary>Deletes the history of runs that ended long ago. Durable Task deletes by when a run began, so each is looked at.</summary>
/// <param name="engine">Lists them.</param>
/// <param name="kept">How long they are kept.</param>
/// <param name="clock">The clock.</param>
public sealed class EndedRuns(BoundWorkflowClient engine, RetentionConfiguration kept, TimeProvider clock)
{
    /// <summary>Deletes the runs that ended long enough ago.</summary>
    public async Task PurgeAsync(DurableTaskClient client, CancellationToken cancellationToken)
    {
        var before = kept.History.Before(clock.GetUtcNow());
        string? token = null;
        do
        {
            var page = await engine.GetAllInstancesAsync(
                new WorkflowInstanceQuery
                {
                    Statuses = [WorkflowStatus.Completed, WorkflowStatus.Failed, WorkflowStatus.Terminated],
                    CreatedTo = before,
                    ContinuationToken = token,
                },
                cancellationToken);
            foreach (var run in page.Instances.Where(run => run.LastUpdatedAt < before))
            {
                await client.PurgeInstanceAsync(run.InstanceId, null, cancellationToken);
            }

            token = page.ContinuationToken;
        }
        while (token is not null);
    }
}
