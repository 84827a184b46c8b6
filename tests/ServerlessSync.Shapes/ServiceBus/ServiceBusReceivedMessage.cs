namespace Azure.Messaging.ServiceBus;

public class ServiceBusReceivedMessage
{
    internal ServiceBusReceivedMessage(BinaryData body, string messageId, string? sessionId, int deliveryCount, IReadOnlyDictionary<string, object> properties) =>
        (Body, MessageId, SessionId, DeliveryCount, ApplicationProperties) = (body, messageId, sessionId, deliveryCount, properties);

    public BinaryData Body { get; }

    public string MessageId { get; }

    public string? SessionId { get; }

    public int DeliveryCount { get; }

    public IReadOnlyDictionary<string, object> ApplicationProperties { get; }

    public string? DeadLetterReason => ApplicationProperties.TryGetValue("DeadLetterReason", out var reason) ? reason as string : null;
}

public enum ServiceBusMessageState
{
    Active = 0,
    Deferred = 1,
    Scheduled = 2,
}

public static class ServiceBusModelFactory
{
    public static ServiceBusReceivedMessage ServiceBusReceivedMessage(
        BinaryData? body = default,
        string? messageId = default,
        string? partitionKey = default,
        string? viaPartitionKey = default,
        string? sessionId = default,
        string? replyToSessionId = default,
        TimeSpan timeToLive = default,
        string? correlationId = default,
        string? subject = default,
        string? to = default,
        string? contentType = default,
        string? replyTo = default,
        DateTimeOffset scheduledEnqueueTime = default,
        IDictionary<string, object>? properties = default,
        Guid lockTokenGuid = default,
        int deliveryCount = default,
        DateTimeOffset lockedUntil = default,
        long sequenceNumber = -1,
        string? deadLetterSource = default,
        long enqueuedSequenceNumber = default,
        DateTimeOffset enqueuedTime = default,
        ServiceBusMessageState serviceBusMessageState = ServiceBusMessageState.Active) =>
        new(
            body ?? BinaryData.FromString(string.Empty),
            messageId ?? string.Empty,
            sessionId,
            deliveryCount,
            new Dictionary<string, object>(properties ?? new Dictionary<string, object>()));
}
