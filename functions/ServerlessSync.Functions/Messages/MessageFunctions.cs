using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Web;

namespace ServerlessSync.Functions;

/// <summary>Takes messages from the queues. A message is settled by hand, after what it asks for is done; what throws gives it back.</summary>
/// <param name="mesh">Does what they ask for.</param>
/// <param name="drifts">Does what those about drift ask for.</param>
/// <param name="engine">Reaches the engine from there.</param>
public sealed class MessageFunctions(MeshRuntime mesh, DriftMessages drifts, BoundWorkflowClient engine)
{
    const string DeadLettersSuffix = "-dead-letters";

    /// <inheritdoc cref="QueueNames.ChangeEvents"/>
    [Function(QueueNames.ChangeEvents)]
    public async Task ChangeEventAsync(
        [ServiceBusTrigger(QueueNames.ChangeEvents, Connection = SettingNames.ServiceBus, IsSessionsEnabled = true, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        engine.Bind(client);
        await SettleAsync(message, actions, await mesh.Messages.TakeAsync(message.Body.ToMemory(), cancellationToken), cancellationToken);
    }

    /// <inheritdoc cref="QueueNames.DriftRemediation"/>
    [Function(QueueNames.DriftRemediation)]
    public async Task DriftAsync(
        [ServiceBusTrigger(QueueNames.DriftRemediation, Connection = SettingNames.ServiceBus, IsSessionsEnabled = true, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        engine.Bind(client);
        await SettleAsync(message, actions, await drifts.TakeAsync(message.Body.ToMemory(), cancellationToken), cancellationToken);
    }

    /// <summary>Events whose messages were put aside.</summary>
    [Function(QueueNames.ChangeEvents + DeadLettersSuffix)]
    public async Task ChangeEventDeadLetterAsync(
        [ServiceBusTrigger(QueueNames.ChangeEvents + SubQueueNames.DeadLetters, Connection = SettingNames.ServiceBus, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        engine.Bind(client);
        await mesh.Messages.TakeDeadLetterAsync(Letter(QueueNames.ChangeEvents, message), cancellationToken);
        await actions.CompleteMessageAsync(message, cancellationToken);
    }

    /// <summary>Drift whose messages were put aside.</summary>
    [Function(QueueNames.DriftRemediation + DeadLettersSuffix)]
    public async Task DriftDeadLetterAsync(
        [ServiceBusTrigger(QueueNames.DriftRemediation + SubQueueNames.DeadLetters, Connection = SettingNames.ServiceBus, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        engine.Bind(client);
        await mesh.Messages.TakeDriftDeadLetterAsync(Letter(QueueNames.DriftRemediation, message), cancellationToken);
        await actions.CompleteMessageAsync(message, cancellationToken);
    }

    static DeadLetter Letter(string queue, ServiceBusReceivedMessage message) =>
        new(queue, message.MessageId, message.Body.ToMemory(), message.DeadLetterReason ?? "no reason given");

    static Task SettleAsync(
        ServiceBusReceivedMessage message, ServiceBusMessageActions actions, MessageRefusal? refusal, CancellationToken cancellationToken) =>
        refusal is null
            ? actions.CompleteMessageAsync(message, cancellationToken)
            : actions.DeadLetterMessageAsync(
                message, deadLetterReason: refusal.Reason, deadLetterErrorDescription: refusal.Description, cancellationToken: cancellationToken);
}
