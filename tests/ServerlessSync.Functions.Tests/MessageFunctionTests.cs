using System.Text;
using ServerlessSync.Functions.Tests.World;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.Web;
using Shouldly;
using Xunit;

namespace ServerlessSync.Functions.Tests;

/// <summary>From a webhook over the queue into a lane, and what becomes of messages that lead nowhere.</summary>
public sealed class MessageFunctionTests
{
    static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_webhook_is_recorded_then_queued_and_its_message_starts_the_run()
    {
        await using var world = await FunctionsWorld.StartAsync();
        (await world.SendAsync("7", "e1")).ShouldBe(202);
        (await world.RowAsync("e1"))!.Status.ShouldBe(InboxStatus.Received);
        ChangeMessage.Read((await world.MessagesAsync(1))[0].Body).ShouldBe(new ChangeMessage("hr", "e1"));

        (await world.DeliverAsync()).IsSettled.ShouldBeTrue();
        world.Broker.Messages.ShouldBeEmpty();
        (await world.RowAsync("e1"))!.Status.ShouldBe(InboxStatus.Queued);
        world.Engine.Started.ShouldHaveSingleItem().Workflow.ShouldBe("change");
    }

    [Fact]
    public async Task Events_of_one_subject_are_one_session_in_order_and_another_subject_is_another()
    {
        await using var world = await FunctionsWorld.StartAsync();
        await world.SendAsync("7", "e1");
        await world.SendAsync("7", "e2", sequence: 2, type: "employee.changed");
        await world.SendAsync("8", "e3");
        var messages = await world.MessagesAsync(3);
        var ids = messages.ToDictionary(message => ChangeMessage.Read(message.Body)!.Id);
        ids["e1"].Session.ShouldBe(ids["e2"].Session);
        ids["e1"].Session.ShouldNotBe(ids["e3"].Session);
        messages.Select(message => ChangeMessage.Read(message.Body)!.Id).Where(id => id != "e3").ShouldBe(["e1", "e2"]);
    }

    [Fact]
    public async Task A_message_that_comes_twice_starts_one_run()
    {
        await using var world = await FunctionsWorld.StartAsync();
        await world.SendAsync("7", "e1");
        await world.MessagesAsync(1);
        var received = world.Broker.Receive()!;
        for (var delivery = 0; delivery < 2; delivery++)
        {
            await world.Functions<MessageFunctions>().ChangeEventAsync(
                RecordingActions.Received(received.Message.Body, received.Message.Id, received.Message.Session, null), new LetterActions(), world.Engine, None);
        }

        await world.Functions<TimerFunctions>().SweepAsync(new(), world.Engine, None);
        world.Engine.Started.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_the_broker_does_not_take_is_acknowledged_all_the_same_and_the_sweep_queues_it()
    {
        await using var world = await FunctionsWorld.StartAsync();
        world.Broker.Away = new TimeoutException("away");
        (await world.SendAsync("7", "e1")).ShouldBe(202);
        (await world.RowAsync("e1"))!.Status.ShouldBe(InboxStatus.Received);
        await world.Functions<TimerFunctions>().SweepAsync(new(), world.Engine, None);
        (await world.RowAsync("e1"))!.Status.ShouldBe(InboxStatus.Queued);
        world.Engine.Started.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_repeated_delivery_sends_the_message_that_was_not_sent()
    {
        await using var world = await FunctionsWorld.StartAsync();
        world.Broker.Away = new TimeoutException("away");
        await world.SendAsync("7", "e1");
        world.Broker.Away = null;
        (await world.SendAsync("7", "e1")).ShouldBe(202);
        await world.MessagesAsync(1);
        await world.DeliverAsync();
        world.Engine.Started.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_event_whose_run_cannot_be_started_now_is_left_to_the_sweep_and_its_message_is_done_with()
    {
        await using var world = await FunctionsWorld.StartAsync();
        await world.SendAsync("7", "e1");
        await world.MessagesAsync(1);
        world.Engine.Away = new TimeoutException("engine away");
        (await world.DeliverAsync()).IsSettled.ShouldBeTrue();
        (await world.RowAsync("e1"))!.Status.ShouldBe(InboxStatus.Received);
        world.Engine.Away = null;
        await world.Functions<TimerFunctions>().SweepAsync(new(), world.Engine, None);
        world.Engine.Started.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("not json", "unreadable")]
    [InlineData("{\"source\":\"hr\",\"id\":\"nobody\"}", "unknown-event")]
    public async Task A_message_that_names_nothing_is_put_aside_with_a_reason_and_becomes_somebodys_exception(string body, string reason)
    {
        await using var world = await FunctionsWorld.StartAsync();
        await world.Broker.SendAsync(new QueueMessage("m1", "s1", Encoding.UTF8.GetBytes(body)), None);
        (await world.DeliverAsync()).IsSettled.ShouldBeTrue();
        var (letter, why) = world.Broker.DeadLetters.ShouldHaveSingleItem();
        why.ShouldBe(reason);

        for (var delivery = 0; delivery < 2; delivery++)
        {
            await TakeLetterAsync(world, letter, why);
        }

        var open = await OpenAsync(world);
        open.Kind.ShouldBe("dead-letter");
        open.Owner.ShouldBe("identity-team");
        open.Reason.ShouldContain(QueueNames.ChangeEvents);
        open.Reason.ShouldContain(reason);
        world.Engine.Started.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dead_letter_that_names_a_recorded_event_brings_it_into_its_lane_and_is_nobodys_exception()
    {
        await using var world = await FunctionsWorld.StartAsync();
        await world.SendAsync("7", "e1");
        var message = (await world.MessagesAsync(1))[0];
        await TakeLetterAsync(world, message, "MaxDeliveryCountExceeded");
        (await world.RowAsync("e1"))!.Status.ShouldBe(InboxStatus.Queued);
        world.Engine.Started.ShouldHaveSingleItem();
        (await world.Stores.Exceptions.ReadOpenOfAsync(null, "", static _ => { }, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Drift_nobody_recorded_is_put_aside_and_its_dead_letter_is_the_exception_of_its_identity()
    {
        await using var world = await FunctionsWorld.StartAsync();
        var drift = new DriftMessage("i1", "saas", 3);
        await world.Broker.SendAsync(drift.ToQueue(), None);
        var received = world.Broker.Receive()!;
        var actions = new RecordingActions(received);
        await world.Functions<MessageFunctions>().DriftAsync(actions.Message, actions, world.Engine, None);
        world.Broker.DeadLetters.ShouldHaveSingleItem().Reason.ShouldBe("unknown-drift");

        var letter = new LetterActions();
        await world.Functions<MessageFunctions>().DriftDeadLetterAsync(
            RecordingActions.Received(received.Message.Body, received.Message.Id, null, "unknown-drift"), letter, world.Engine, None);
        letter.Completed.ShouldBe(1);
        var open = (await world.Stores.Exceptions.ReadOpenOfAsync("i1", "", static _ => { }, None)).ShouldHaveSingleItem();
        (open.Kind, open.Target).ShouldBe(("dead-letter", "saas"));
        (await world.Stores.Exceptions.FindAsync(open.Id, None)).ShouldBe(open);
    }

    [Fact]
    public async Task A_dead_letter_about_drift_is_handed_over_once_more_and_what_is_taken_then_is_nobodys_exception()
    {
        var remediation = new ScriptedRemediation(null);
        await using var world = await FunctionsWorld.StartAsync(drift: remediation);
        var drift = new DriftMessage("i1", "saas", 3);
        var letter = new LetterActions();
        await world.Functions<MessageFunctions>().DriftDeadLetterAsync(
            RecordingActions.Received(drift.ToQueue().Body, "m1", null, "MaxDeliveryCountExceeded"), letter, world.Engine, None);
        letter.Completed.ShouldBe(1);
        remediation.Taken.ShouldBe([drift]);
        (await world.Stores.Exceptions.ReadOpenOfAsync("i1", "", static _ => { }, None)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(4, 40)]
    [InlineData(5, 60)]
    [InlineData(1000, 60)]
    public async Task What_cannot_be_handled_now_is_held_longer_each_time_before_it_is_given_back(int deliveries, int seconds)
    {
        var clock = new FakeTimeProvider();
        var message = RecordingActions.Received(new DriftMessage("i1", "saas", 3).ToQueue().Body, "m1", null, null, deliveries);
        var handling = new Redelivery(clock).HandleAsync(message, () => throw new TimeoutException("away"), None);
        clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
        handling.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromTicks(1));
        await Should.ThrowAsync<TimeoutException>(handling);
    }

    [Fact]
    public async Task No_function_gives_a_message_back_at_once()
    {
        await using var world = await FunctionsWorld.StartAsync(new AwayRowStore(), new ScriptedRemediation(new TimeoutException("away")));
        var functions = world.Functions<MessageFunctions>();
        var change = RecordingActions.Received(new ChangeMessage("hr", "e1").ToQueue("7").Body, "m1", "s1", null);
        var drift = RecordingActions.Received(new DriftMessage("i1", "saas", 3).ToQueue().Body, "m2", "i1", null);
        Task[] deliveries =
        [
            functions.ChangeEventAsync(change, new LetterActions(), world.Engine, None),
            functions.ChangeEventDeadLetterAsync(change, new LetterActions(), world.Engine, None),
            functions.DriftAsync(drift, new LetterActions(), world.Engine, None),
            functions.DriftDeadLetterAsync(drift, new LetterActions(), world.Engine, None),
        ];
        deliveries.ShouldAllBe(delivery => !delivery.IsCompleted);
        world.Clock.Advance(TimeSpan.FromSeconds(5));
        foreach (var delivery in deliveries)
        {
            await Should.ThrowAsync<Exception>(delivery);
        }
    }

    [Fact]
    public async Task Drift_that_is_queued_is_sent_by_the_sweep_and_its_message_starts_a_run_that_reads_the_target()
    {
        await using var world = await FunctionsWorld.StartAsync();
        var item = await OpenDriftAsync(world);
        await world.Functions<TimerFunctions>().SweepAsync(new(), world.Engine, None);
        var message = DriftMessage.Of(item);
        var received = world.Broker.Receive()!;
        DriftMessage.Read(received.Message.Body).ShouldBe(message);
        received.Message.Session.ShouldBe(item.IdentityId);

        var actions = new RecordingActions(received);
        await world.Functions<MessageFunctions>().DriftAsync(actions.Message, actions, world.Engine, None);

        actions.IsSettled.ShouldBeTrue();
        world.Engine.Started.ShouldHaveSingleItem().Workflow.ShouldBe("change");
        var mended = await world.Stores.Drifts.FindAsync("saas", item.IdentityId!, None);
        mended!.MendedBy.ShouldBe($"{item.IdentityId}-000001");
    }

    [Fact]
    public async Task A_dead_letter_about_drift_that_is_recorded_is_mended_all_the_same_and_is_nobodys_exception()
    {
        await using var world = await FunctionsWorld.StartAsync();
        var item = await OpenDriftAsync(world);
        var message = DriftMessage.Of(item).ToQueue();
        var letter = new LetterActions();
        await world.Functions<MessageFunctions>().DriftDeadLetterAsync(
            RecordingActions.Received(message.Body, message.Id, message.Session, "MaxDeliveryCountExceeded"), letter, world.Engine, None);

        letter.Completed.ShouldBe(1);
        world.Engine.Started.ShouldHaveSingleItem();
        (await world.Stores.Exceptions.ReadOpenOfAsync(item.IdentityId, "", static _ => { }, None)).ShouldBeEmpty();
    }

    static async Task<DriftItem> OpenDriftAsync(FunctionsWorld world)
    {
        var now = world.Clock.GetUtcNow();
        await world.Stores.Partitions.EditIdentityAsync(
            "i1",
            edit =>
            {
                edit.Save("record", new IdentityRecord
                {
                    Id = "i1", Kind = IdentityKind.Person, Status = IdentityStatus.Active, Anchors = [], CreatedAt = now, UpdatedAt = now,
                });
                return Task.FromResult(true);
            },
            None);
        return await world.Stores.Drifts.OpenAsync(
            new DriftItem
            {
                Target = "saas",
                IdentityId = "i1",
                Findings = [new DriftFinding(DriftKind.Status, "", "active", "disabled", now, now)],
                OpenedAt = now,
                FoundBy = "reconcile-1",
            },
            DriftState.Queued,
            None);
    }

    static async Task TakeLetterAsync(FunctionsWorld world, QueueMessage letter, string reason)
    {
        var actions = new LetterActions();
        await world.Functions<MessageFunctions>().ChangeEventDeadLetterAsync(
            RecordingActions.Received(letter.Body, letter.Id, letter.Session, reason), actions, world.Engine, None);
        actions.Completed.ShouldBe(1);
    }

    static async Task<ExceptionItem> OpenAsync(FunctionsWorld world) =>
        (await world.Stores.Exceptions.ReadOpenOfAsync(null, "", static _ => { }, None)).ShouldHaveSingleItem();

    /// <summary>Counts what is completed of a dead-letter queue.</summary>
    sealed class LetterActions : Microsoft.Azure.Functions.Worker.ServiceBusMessageActions
    {
        public int Completed { get; private set; }

        public override Task CompleteMessageAsync(Azure.Messaging.ServiceBus.ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
        {
            Completed++;
            return Task.CompletedTask;
        }
    }

    /// <summary>Remediation that takes every drift, or fails each time.</summary>
    sealed class ScriptedRemediation(Exception? failure) : IDriftRemediation
    {
        public List<DriftMessage> Taken { get; } = [];

        public Task<MessageRefusal?> RemediateAsync(DriftMessage drift, CancellationToken cancellationToken)
        {
            Taken.Add(drift);
            return failure is null ? Task.FromResult<MessageRefusal?>(null) : Task.FromException<MessageRefusal?>(failure);
        }
    }

    /// <summary>A store nobody reaches.</summary>
    sealed class AwayRowStore : IRowStore
    {
        static StoreException Away => new(StoreFailure.Unavailable, "away");

        public ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken) => throw Away;

        public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) => throw Away;

        public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) => throw Away;

        public ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken) => throw Away;
    }
}
