using Azure.Messaging.ServiceBus;
using ServerlessSync.Mesh.Messaging;

namespace ServerlessSync.Functions;

/// <summary>Sends to a queue of Service Bus. An output binding could set neither session nor id, so the client does it.</summary>
/// <param name="sender">The client for the queue.</param>
public sealed class SessionQueueSender(ServiceBusSender sender) : IMessageSender
{
    /// <inheritdoc/>
    public async Task SendAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await sender.SendMessageAsync(
                new ServiceBusMessage(message.Body) { MessageId = message.Id, SessionId = message.Session, ContentType = "application/json" }, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, the broker did not say that it has the message.
            throw new MessageSendException($"Service Bus did not take the message: {e.Message}", e);
        }
    }
}
