using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>Hands revocations that are past their deadline to their owner; they are still tried.</summary>
sealed class OverdueActivity(MeshStores stores, ReportExceptions exceptions) : IActivity<FinishInput, bool>
{
    public async Task<bool> RunAsync(FinishInput input, CancellationToken cancellationToken)
    {
        var plan = await new StepRecord(stores, new StepInput(input.IdentityId, input.Run, 0, 1)).LoadPlanAsync(cancellationToken);
        await exceptions.OpenAsync(input, plan.Steps, cancellationToken);
        return true;
    }
}
