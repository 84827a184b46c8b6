using ServerlessSync.Mesh.Workflows.Damage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>
/// Calls an activity that only reads and writes the mesh's own store. It fails only when the store cannot work or by a defect, so it is
/// repeated over an outage of an hour or so before the run fails. A damaged row fails the run at once.
/// </summary>
static class StoreCall
{
    static readonly RetrySchedule Schedule = new(Attempts: 40, TimeSpan.FromMilliseconds(200), Factor: 2, TimeSpan.FromMinutes(2));

    public static async Task<T> RunAsync<T>(WorkflowContext context, string activity, object input)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await context.CallActivityAsync<T>(activity, input);
            }
            catch (WorkflowTaskFailedException e) when (DamagedRowException.Is(e.Failure))
            {
                throw new DamagedRowException(e.Failure.ErrorMessage);
            }
            catch (WorkflowTaskFailedException) when (attempt < Schedule.Attempts)
            {
                var wait = RetryDecision.Wait(attempt, Schedule, $"{context.InstanceId}:{activity}");
                await context.CreateTimer(context.CurrentUtcDateTime + wait, CancellationToken.None);
            }
        }
    }
}
