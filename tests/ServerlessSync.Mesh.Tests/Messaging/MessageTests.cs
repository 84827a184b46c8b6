using System.Text;
using ServerlessSync.Mesh.Messaging;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Messaging;

/// <summary>What messages are called and what they say.</summary>
public sealed class MessageTests
{
    [Fact]
    public void The_id_of_an_event_s_message_is_made_of_source_and_id_and_its_session_of_source_and_subject()
    {
        var message = new ChangeMessage("hr", "e1").ToQueue("p1");
        new ChangeMessage("hr", "e1").ToQueue("p2").Id.ShouldBe(message.Id);
        new ChangeMessage("hr", "e2").ToQueue("p1").Session.ShouldBe(message.Session);
        string[] ids = [message.Id, new ChangeMessage("hr", "e2").ToQueue("p1").Id, new ChangeMessage("payroll", "e1").ToQueue("p1").Id];
        ids.ShouldBeUnique();
        string[] sessions = [message.Session, new ChangeMessage("hr", "e1").ToQueue("p2").Session, new ChangeMessage("payroll", "e1").ToQueue("p1").Session];
        sessions.ShouldBeUnique();
    }

    [Fact]
    public void An_event_s_message_says_keys_alone_and_fits_whatever_a_sender_calls_it()
    {
        var name = new string('\u4e2d', 2000);
        var message = new ChangeMessage("hr", name).ToQueue(name);
        message.Id.Length.ShouldBeLessThanOrEqualTo(QueueMessage.IdChars);
        ChangeMessage.Read(message.Body).ShouldBe(new ChangeMessage("hr", name));
        Encoding.UTF8.GetString(new ChangeMessage("hr", "e1").ToQueue("p1").Body.Span).ShouldBe("{\"source\":\"hr\",\"id\":\"e1\"}");
    }

    [Fact]
    public void The_id_of_a_drift_s_message_is_made_of_identity_target_opening_and_attempt_and_its_session_is_the_identity()
    {
        var drift = new DriftMessage("i1", "saas", 1);
        var message = drift.ToQueue();
        message.Session.ShouldBe("i1");
        string[] ids = [message.Id, (drift with { IdentityId = "i2" }).ToQueue().Id, (drift with { Target = "ldap" }).ToQueue().Id, (drift with { Opening = 2 }).ToQueue().Id, (drift with { Attempt = 2 }).ToQueue().Id];
        ids.ShouldBeUnique();
        DriftMessage.Read(message.Body).ShouldBe(drift);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"source\":\"hr\"}")]
    [InlineData("{\"source\":\"\",\"id\":\"e\"}")]
    [InlineData("{\"source\":1,\"id\":2}")]
    [InlineData("\ud800")]
    public void A_body_of_somebody_else_is_read_as_nothing(string body)
    {
        ChangeMessage.Read(Encoding.UTF8.GetBytes(body)).ShouldBeNull();
        DriftMessage.Read(Encoding.UTF8.GetBytes(body)).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(129, 1, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(1, 129, 0)]
    [InlineData(1, 1, QueueMessage.BodyBytes + 1)]
    public void A_message_no_broker_would_take_cannot_be_made(int id, int session, int body) =>
        Should.Throw<ArgumentException>(() => new QueueMessage(new string('i', id), new string('s', session), new byte[body]));
}
