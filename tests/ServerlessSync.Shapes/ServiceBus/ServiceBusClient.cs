using Azure.Core;
using ServerlessSync.Shapes;

namespace Azure.Messaging.ServiceBus;

public class ServiceBusClient : IAsyncDisposable
{
    protected ServiceBusClient()
    {
    }

    public ServiceBusClient(string connectionString) => throw Shape.Only();

    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential) => throw Shape.Only();

    public virtual ServiceBusSender CreateSender(string queueOrTopicName) => throw Shape.Only();

    public virtual ValueTask DisposeAsync() => throw Shape.Only();
}

public class ServiceBusSender : IAsyncDisposable
{
    protected ServiceBusSender()
    {
    }

    public virtual Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default) => throw Shape.Only();

    public virtual ValueTask DisposeAsync() => throw Shape.Only();
}

public enum ServiceBusFailureReason
{
    GeneralError,
    MessagingEntityNotFound,
    MessageLockLost,
    MessageNotFound,
    MessageSizeExceeded,
    MessagingEntityDisabled,
    QuotaExceeded,
    ServiceBusy,
    ServiceTimeout,
    ServiceCommunicationProblem,
    SessionCannotBeLocked,
    SessionLockLost,
    MessagingEntityAlreadyExists,
}

public class ServiceBusException : Exception
{
    public ServiceBusException(string message, ServiceBusFailureReason reason, string? entityPath = default, Exception? innerException = default)
        : base(message, innerException) => Reason = reason;

    public ServiceBusFailureReason Reason { get; }
}
