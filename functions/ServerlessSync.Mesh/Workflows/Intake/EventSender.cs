using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Messaging;

namespace ServerlessSync.Mesh.Workflows.Intake;

/// <summary>Tells a queue of recorded events. One that it does not take is left to the sweep.</summary>
sealed partial class EventSender(IMessageSender queue, ILogger logger)
{
    /// <summary>Sends the message of an event.</summary>
    /// <returns>False when it could not be sent.</returns>
    public async Task<bool> SendAsync(RecordedEvent change, CancellationToken cancellationToken)
    {
        try
        {
            await queue.SendAsync(new ChangeMessage(change.Source, change.Id).ToQueue(change.Subject), cancellationToken);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogNotSent(logger, change.Source, e);
            return false;
        }
    }

    [LoggerMessage(EventId = 1030, Level = LogLevel.Warning, Message = "The message of an event of {Source} could not be sent; the event is left to the sweep")]
    static partial void LogNotSent(ILogger logger, string source, Exception exception);
}
