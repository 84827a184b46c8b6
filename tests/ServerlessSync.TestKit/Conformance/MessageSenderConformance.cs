using System.Text;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.TestKit.Messaging;
using Shouldly;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>The contract of <see cref="IMessageSender"/>, over a broker that can be looked into.</summary>
public abstract class MessageSenderConformance
{
    static readonly CancellationToken None = CancellationToken.None;

    /// <summary>The clock of the broker.</summary>
    protected FakeTimeProvider Clock { get; } = new();

    /// <summary>The broker behind the sender.</summary>
    protected MemoryBroker Broker { get; }

    protected MessageSenderConformance() => Broker = new MemoryBroker(Clock);

    /// <summary>The sender under test.</summary>
    protected abstract IMessageSender Sender { get; }

    [Fact]
    public async Task A_message_arrives_as_it_was_sent()
    {
        await Sender.SendAsync(Message("m1", "s1", "{\"id\":\"ü\"}"), None);
        var message = Broker.Messages.ShouldHaveSingleItem();
        (message.Id, message.Session).ShouldBe(("m1", "s1"));
        Encoding.UTF8.GetString(message.Body.Span).ShouldBe("{\"id\":\"ü\"}");
    }

    [Fact]
    public async Task The_longest_ids_and_the_largest_body_arrive()
    {
        var longest = Message(new string('i', QueueMessage.IdChars), new string('s', QueueMessage.IdChars), new string('b', QueueMessage.BodyBytes));
        await Sender.SendAsync(longest, None);
        var message = Broker.Messages.ShouldHaveSingleItem();
        (message.Id, message.Session, message.Body.Length).ShouldBe((longest.Id, longest.Session, QueueMessage.BodyBytes));
    }

    [Fact]
    public async Task A_message_sent_twice_is_there_once()
    {
        await Sender.SendAsync(Message("m1", "s1"), None);
        await Sender.SendAsync(Message("m1", "s1"), None);
        Broker.Messages.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_message_that_was_handled_does_not_come_again_when_it_is_sent_again()
    {
        await Sender.SendAsync(Message("m1", "s1"), None);
        Broker.Receive()!.Complete();
        await Sender.SendAsync(Message("m1", "s1"), None);
        Broker.Receive().ShouldBeNull();
    }

    [Fact]
    public async Task Past_the_window_the_same_id_is_a_new_message()
    {
        await Sender.SendAsync(Message("m1", "s1"), None);
        Clock.Advance(Broker.Window);
        await Sender.SendAsync(Message("m1", "s1"), None);
        Broker.Messages.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Messages_of_a_session_come_in_the_order_they_were_sent_and_one_at_a_time()
    {
        string[] sent = ["m1", "m2", "m3"];
        foreach (var id in sent)
        {
            await Sender.SendAsync(Message(id, "s1"), None);
        }

        List<string> taken = [];
        while (Broker.Receive() is { } received)
        {
            Broker.Receive().ShouldBeNull("another message of a session that is held");
            taken.Add(received.Message.Id);
            received.Complete();
        }

        taken.ShouldBe(sent);
    }

    [Fact]
    public async Task Sessions_do_not_wait_for_each_other()
    {
        await Sender.SendAsync(Message("m1", "s1"), None);
        await Sender.SendAsync(Message("m2", "s2"), None);
        Broker.Receive()!.Message.Id.ShouldBe("m1");
        Broker.Receive()!.Message.Id.ShouldBe("m2");
    }

    [Fact]
    public async Task A_broker_that_is_away_is_one_failure_and_nothing_is_sent()
    {
        Broker.Away = new TimeoutException("the broker is away");
        (await Should.ThrowAsync<MessageSendException>(() => Sender.SendAsync(Message("m1", "s1"), None))).Message.ShouldContain("the broker is away");
        Broker.Away = null;
        Broker.Messages.ShouldBeEmpty();
        await Sender.SendAsync(Message("m1", "s1"), None);
        Broker.Messages.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_send_that_is_cancelled_before_it_began_sends_nothing()
    {
        await Should.ThrowAsync<OperationCanceledException>(() => Sender.SendAsync(Message("m1", "s1"), new CancellationToken(canceled: true)));
        Broker.Messages.ShouldBeEmpty();
    }

    static QueueMessage Message(string id, string session, string body = "{}") => new(id, session, Encoding.UTF8.GetBytes(body));
}
