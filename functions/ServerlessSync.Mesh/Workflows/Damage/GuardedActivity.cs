using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Damage;

/// <summary>An activity whose damaged rows are handed to their owner, and named to the workflow; it also tells it when the store is away.</summary>
sealed class GuardedActivity<TInput, TResult>(IActivity<TInput, TResult> activity, DamagedRows damaged) : IActivity<TInput, TResult>
{
    public async Task<TResult> RunAsync(TInput input, CancellationToken cancellationToken)
    {
        try
        {
            return await activity.RunAsync(input, cancellationToken);
        }
        catch (StoreException e) when (e is { Failure: StoreFailure.Corrupt, Row: not null })
        {
            await damaged.ReportAsync(e, cancellationToken);
            throw DamagedRowException.Of(e.Row.Value, e.Message);
        }
        catch (StoreException e) when (StoreAwayException.IsCause(e))
        {
            throw new StoreAwayException(e.Message);
        }
    }
}
