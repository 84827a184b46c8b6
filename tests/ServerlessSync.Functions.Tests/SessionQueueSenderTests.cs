using Azure.Messaging.ServiceBus;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.TestKit.Conformance;
using ServerlessSync.TestKit.Messaging;

namespace ServerlessSync.Functions.Tests;

/// <summary>The sender over the client of Service Bus keeps the contract, over a client that brings to the broker in memory.</summary>
public sealed class SessionQueueSenderTests : MessageSenderConformance
{
    protected override IMessageSender Sender => new SessionQueueSender(new ClientOf(Broker));

    sealed class ClientOf(MemoryBroker broker) : ServiceBusSender
    {
        public override async Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
        {
            try
            {
                await broker.SendAsync(new QueueMessage(message.MessageId!, message.SessionId!, message.Body.ToMemory()), cancellationToken);
            }
            catch (MessageSendException e)
            {
                throw new ServiceBusException(e.Message, ServiceBusFailureReason.ServiceTimeout);
            }
        }
    }
}
