using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Damage;

namespace ServerlessSync.Mesh.Workflows.Intake;

/// <summary>Brings one event into its lane, or leaves it to the sweep: whatever went wrong, the row is still received and the sweep comes by.</summary>
sealed partial class EventBringer(Queueing queueing, DamagedRows damaged, ILogger logger)
{
    /// <summary>Brings the event that lies there.</summary>
    /// <returns>False when the next sweep should come soon.</returns>
    public async Task<bool> BringAsync(InboxKey key, CancellationToken cancellationToken)
    {
        try
        {
            await queueing.QueueAsync(key, cancellationToken);
            return true;
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            LogLeft(logger, key.Key, e);
            await damaged.ReportAsync(e, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogLeft(logger, key.Key, e);
            return false;
        }
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Warning, Message = "Event {Key} could not be queued and is left to the sweep")]
    static partial void LogLeft(ILogger logger, string key, Exception exception);
}
