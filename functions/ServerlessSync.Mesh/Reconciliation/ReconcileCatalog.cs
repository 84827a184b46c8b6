using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Damage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>The workflows and activities of comparisons.</summary>
static class ReconcileCatalog
{
    public static void AddTo(WorkflowCatalog catalog, ReconcileServices services)
    {
        Func<IActivity<TInput, TResult>> Guarded<TInput, TResult>(Func<IActivity<TInput, TResult>> make) =>
            () => new GuardedActivity<TInput, TResult>(make(), services.Damaged);
        catalog
            .AddWorkflow<ReconcileWorkflow, ReconcileInput, ReconcileReport>(WorkflowNames.Reconcile)
            .AddWorkflow<ReconcilePartWorkflow, PartInput, string?>(WorkflowNames.ReconcilePart)
            .AddActivity(WorkflowNames.ReconcileBegin, Guarded<BeginInput, BeginAnswer>(() => new BeginActivity(services)))
            .AddActivity(WorkflowNames.ReconcileWork, Guarded<PartCall, PartAnswer>(() => new WorkActivity(services)))
            .AddActivity(WorkflowNames.ReconcileFinish, Guarded<EndInput, ReconcileReport>(() => new EndActivity(services)));
    }
}
