using ServerlessSync.Mesh.Messaging;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Conformance;
using ServerlessSync.TestKit.Messaging;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Messaging;

/// <summary>The stand-in for a broker keeps the contract, and behaves as the real one is documented to.</summary>
public sealed class MemoryBrokerTests : MessageSenderConformance
{
    static readonly CancellationToken None = CancellationToken.None;

    protected override IMessageSender Sender => Broker;

    [Fact]
    public async Task What_is_abandoned_comes_again_first_and_is_put_aside_when_it_came_too_often()
    {
        await Broker.SendAsync(new QueueMessage("m1", "s", default), None);
        await Broker.SendAsync(new QueueMessage("m2", "s", default), None);
        for (var delivery = 1; delivery <= Broker.MostDeliveries; delivery++)
        {
            var received = Broker.Receive()!;
            (received.Message.Id, received.Deliveries).ShouldBe(("m1", delivery));
            received.Abandon();
        }

        Broker.Receive()!.Message.Id.ShouldBe("m2");
        Broker.DeadLetters.ShouldHaveSingleItem().Reason.ShouldBe("MaxDeliveryCountExceeded");
    }

    [Fact]
    public async Task A_lock_that_ended_gives_the_message_to_another_and_settles_nothing()
    {
        var clock = new FakeTimeProvider();
        var broker = new MemoryBroker(clock);
        await broker.SendAsync(new QueueMessage("m1", "s", default), None);
        var first = broker.Receive()!;
        clock.Advance(broker.LockTime);
        var second = broker.Receive()!;
        Should.Throw<InvalidOperationException>(first.Complete);
        second.Deliveries.ShouldBe(2);
        second.Complete();
        broker.Messages.ShouldBeEmpty();
    }
}
