using System.Text.Json;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Change;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Intake;

/// <summary>Starts the run a lane names. Its id is made of identity and number, so starting it twice starts it once.</summary>
/// <param name="stores">The stores.</param>
/// <param name="client">The engine, which exists only after the activities do.</param>
sealed class LaneStarter(MeshStores stores, Func<IWorkflowClient> client)
{
    /// <summary>Advances a lane; answers the run at work, or null when the lane is idle.</summary>
    public async Task<LaneRun?> AdvanceAsync(string identityId, CancellationToken cancellationToken)
    {
        if (await stores.Lanes.AdvanceAsync(identityId, cancellationToken) is not { } run)
        {
            return null;
        }

        var input = JsonSerializer.Serialize(new ChangeInput(identityId, run.Entry.Inbox, run.Entry.Epoch) { Run = run.Run }, MeshJson.Options);
        await client().ScheduleNewOrchestrationInstanceAsync(WorkflowNames.Change, input, run.Run, cancellationToken);
        return run;
    }

    /// <summary>Tells the run at work that something entered its lane.</summary>
    public Task TellAsync(string run, CancellationToken cancellationToken) =>
        client().RaiseEventAsync(run, WorkflowNames.LookEvent, null, cancellationToken);
}
