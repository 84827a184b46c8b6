using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Web;

namespace ServerlessSync.Functions;

/// <summary>Takes messages from the queues. A message is settled by hand, after what it asks for is done; what throws gives it back after a while.</summary>
/// <param name="mesh">Does what they ask for.</param>
/// <param name="drifts">Does what those about drift ask for.</param>
/// <param name="engine">Reaches the engine from there.</param>
/// <param name="redelivery">Holds what could not be handled.</param>
public sealed class MessageFunctions(MeshRuntime mesh, DriftMessages drifts, BoundWorkflowClient engine, Redelivery redelivery)
{
    const string DeadLettersSuffix = "-dead-letters";

    /// <inheritdoc cref="QueueNames.ChangeEvents"/>
    [Function(QueueNames.ChangeEvents)]
    public Task ChangeEventAsync(
        [ServiceBusTrigger(QueueNames.ChangeEvents, Connection = SettingNames.ServiceBus, IsSessionsEnabled = true, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        engine.Bind(client);
        return SettleAsync(message, actions, () => mesh.Messages.TakeAsync(message.Body.ToMemory(), cancellationToken), cancellationToken);
    }

    /// <inheritdoc cref="QueueNames.DriftRemediation"/>
    [Function(QueueNames.DriftRemediation)]
    public Task DriftAsync(
        [ServiceBusTrigger(QueueNames.DriftRemediation, Connection = SettingNames.ServiceBus, IsSessionsEnabled = true, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        engine.Bind(client);
        return SettleAsync(message, actions, () => drifts.TakeAsync(message.Body.ToMemory(), cancellationToken), cancellationToken);
    }

    /// <summary>Events whose messages were put aside.</summary>
    [Function(QueueNames.ChangeEvents + DeadLettersSuffix)]
    public Task ChangeEventDeadLetterAsync(
        [ServiceBusTrigger(QueueNames.ChangeEvents + SubQueueNames.DeadLetters, Connection = SettingNames.ServiceBus, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        engine.Bind(client);
        return CompleteAsync(
            message, actions, () => mesh.Messages.TakeDeadLetterAsync(Letter(QueueNames.ChangeEvents, message), cancellationToken), cancellationToken);
    }

    /// <summary>Drift whose messages were put aside.</summary>
    [Function(QueueNames.DriftRemediation + DeadLettersSuffix)]
    public Task DriftDeadLetterAsync(
        [ServiceBusTrigger(QueueNames.DriftRemediation + SubQueueNames.DeadLetters, Connection = SettingNames.ServiceBus, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        engine.Bind(client);
        return CompleteAsync(
            message, actions, () => mesh.Messages.TakeDriftDeadLetterAsync(Letter(QueueNames.DriftRemediation, message), drifts, cancellationToken), cancellationToken);
    }

    static DeadLetter Letter(string queue, ServiceBusReceivedMessage message) =>
        new(queue, message.MessageId, message.Body.ToMemory(), message.DeadLetterReason ?? "no reason given");

    Task CompleteAsync(ServiceBusReceivedMessage message, ServiceBusMessageActions actions, Func<Task> take, CancellationToken cancellationToken) =>
        redelivery.HandleAsync(
            message,
            async () =>
            {
                await take();
                await actions.CompleteMessageAsync(message, cancellationToken);
            },
            cancellationToken);

    Task SettleAsync(
        ServiceBusReceivedMessage message, ServiceBusMessageActions actions, Func<Task<MessageRefusal?>> take, CancellationToken cancellationToken) =>
        redelivery.HandleAsync(
            message,
            async () => await (await take() is { } refusal
                ? actions.DeadLetterMessageAsync(
                    message, deadLetterReason: refusal.Reason, deadLetterErrorDescription: refusal.Description, cancellationToken: cancellationToken)
                : actions.CompleteMessageAsync(message, cancellationToken)),
            cancellationToken);
}
