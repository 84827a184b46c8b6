using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using ServerlessSync.TestKit.Messaging;

namespace ServerlessSync.Functions.Tests.World;

/// <summary>Settles a message of the broker in memory as the function asks; what it never settles is given back when it throws, as the host does.</summary>
sealed class RecordingActions(MemoryBroker.Received received) : ServiceBusMessageActions
{
    /// <summary>Whether the function settled it.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>The message as a trigger hands it over.</summary>
    public ServiceBusReceivedMessage Message { get; } = Received(received.Message.Body, received.Message.Id, received.Message.Session, null, received.Deliveries);

    /// <summary>A message as a trigger hands it over.</summary>
    public static ServiceBusReceivedMessage Received(ReadOnlyMemory<byte> body, string id, string? session, string? deadLetterReason, int deliveries = 1) =>
        ServiceBusModelFactory.ServiceBusReceivedMessage(
            body: BinaryData.FromBytes(body),
            messageId: id,
            sessionId: session,
            deliveryCount: deliveries,
            properties: deadLetterReason is null ? null : new Dictionary<string, object> { ["DeadLetterReason"] = deadLetterReason });

    public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        IsSettled = true;
        received.Complete();
        return Task.CompletedTask;
    }

    public override Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        Dictionary<string, object>? propertiesToModify = default,
        string? deadLetterReason = default,
        string? deadLetterErrorDescription = default,
        CancellationToken cancellationToken = default)
    {
        IsSettled = true;
        received.PutAside(deadLetterReason ?? string.Empty);
        return Task.CompletedTask;
    }
}
