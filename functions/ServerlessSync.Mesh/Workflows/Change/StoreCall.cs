using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Damage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>
/// Calls an activity that only reads and writes the mesh's own store. Beyond the store being away it fails when the engine cannot take what it
/// starts, or a time limit passes, and is then repeated for an hour or so before the run fails; or by a defect that an event brought out, which a
/// few repeats do not mend: then the run fails soon, and what it carried becomes somebody's exception. A damaged row fails the run at once.
/// </summary>
static class StoreCall
{
    const int DefectAttempts = 10;

    // By name: a failure crosses the engine's boundary as data.
    static readonly HashSet<string> Passing =
    [
        typeof(StoreException).FullName!, typeof(StoreAwayException).FullName!, typeof(EngineOverloadedException).FullName!, typeof(OperationCanceledException).FullName!,
        typeof(TaskCanceledException).FullName!, typeof(TimeoutException).FullName!,
    ];

    static readonly RetrySchedule Schedule = new(Attempts: 40, TimeSpan.FromMilliseconds(200), Factor: 2, TimeSpan.FromMinutes(2));

    public static async Task<T> RunAsync<T>(PatientCalls calls, string activity, object input)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await calls.CallAsync<T>(activity, input);
            }
            catch (WorkflowTaskFailedException e) when (DamagedRowException.Is(e.Failure))
            {
                throw new DamagedRowException(e.Failure.ErrorMessage);
            }
            catch (WorkflowTaskFailedException e) when (attempt < (Passing.Contains(e.Failure.ErrorType) ? Schedule.Attempts : DefectAttempts))
            {
                var wait = RetryDecision.Wait(attempt, Schedule, $"{calls.Context.InstanceId}:{activity}");
                await calls.Context.CreateTimer(calls.Context.CurrentUtcDateTime + wait, CancellationToken.None);
            }
        }
    }
}
