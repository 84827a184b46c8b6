using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Messaging;

namespace ServerlessSync.Mesh.Workflows.Drifts;

/// <summary>Drift on its way over a broker's queue: whichever process takes the message begins to mend it.</summary>
sealed partial class DriftSender(IMessageSender queue, ILogger logger) : IDriftQueue
{
    /// <inheritdoc/>
    public async Task<bool> SendAsync(DriftMessage drift, CancellationToken cancellationToken)
    {
        try
        {
            await queue.SendAsync(drift.ToQueue(), cancellationToken);
            return true;
        }
        catch (MessageSendException e)
        {
            LogNotSent(logger, drift.Target, e);
            return false;
        }
    }

    [LoggerMessage(EventId = 1040, Level = LogLevel.Warning, Message = "The message of a drift in {Target} could not be sent; it is left to the sweep")]
    static partial void LogNotSent(ILogger logger, string target, Exception exception);
}
