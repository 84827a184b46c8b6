namespace Azure.Messaging.ServiceBus;

public class ServiceBusMessage(ReadOnlyMemory<byte> body)
{
    public BinaryData Body { get; set; } = BinaryData.FromBytes(body);

    public string? MessageId { get; set; }

    public string? SessionId { get; set; }

    public string? ContentType { get; set; }
}
