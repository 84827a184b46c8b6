using Azure.Messaging.ServiceBus;

namespace ServerlessSync.Functions;

/// <summary>
/// Holds a message that could not be handled before it is given back, longer each time. The platform gives back what throws, whoever settles, and the
/// broker delivers it again at once
/// (<see href="https://learn.microsoft.com/dotnet/api/azure.messaging.servicebus.servicebusprocessor.autocompletemessages"/>): without the wait a
/// store that is away for seconds would use up every delivery, and a dead-letter queue, which knows no last delivery, would be read without a pause.
/// </summary>
/// <param name="clock">The clock.</param>
public sealed class Redelivery(TimeProvider clock)
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Handles a message; what it throws is thrown after the wait.</summary>
    public async Task HandleAsync(ServiceBusReceivedMessage message, Func<Task> handle, CancellationToken cancellationToken)
    {
        try
        {
            await handle();
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(After(message.DeliveryCount), clock, cancellationToken);
            throw;
        }
    }

    static TimeSpan After(int deliveries) =>
        TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Clamp(deliveries - 1, 0, 4)));
}
