namespace ServerlessSync.Mesh.Messaging;

/// <summary>The sending side of one queue of a broker with sessions and duplicate detection.</summary>
/// <remarks>
/// What is sent is durable when the call returns. Messages of one session that were sent one after the other arrive in that order. A message
/// whose id was sent before is accepted and dropped while the broker remembers the id. Nothing may exist in a message alone: it can be dropped,
/// come twice or late, and whoever takes it looks at what is recorded.
/// (<see href="https://learn.microsoft.com/azure/service-bus-messaging/duplicate-detection"/>)
/// </remarks>
public interface IMessageSender
{
    /// <summary>Sends one message.</summary>
    /// <exception cref="MessageSendException">The broker did not take it, or did not say so.</exception>
    Task SendAsync(QueueMessage message, CancellationToken cancellationToken);
}
