using System.Text;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using Shouldly;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>What every workflow history must do: its runs, turns and messages.</summary>
public abstract class WorkflowHistoryConformance : IAsyncLifetime
{
    protected static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);
    protected static readonly HistoryOwner Owner = new("machine-a", 1, 1);

    protected FakeTimeProvider Clock { get; } = new();

    protected IWorkflowHistory History { get; private set; } = null!;

    protected static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        History = await OpenAsync(Clock);
        await History.AcquireAsync(Owner, LeaseTime, None);
    }

    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>A history nobody has acquired through this object; called again within a test, it is one more view of the same data.</summary>
    protected abstract Task<IWorkflowHistory> OpenAsync(TimeProvider clock);

    protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Texts(IEnumerable<ReadOnlyMemory<byte>> events) => string.Join(',', events.Select(e => Encoding.UTF8.GetString(e.Span)));

    protected WorkflowInstance Run(string id, WorkflowStatus status = WorkflowStatus.Running) => new()
    {
        InstanceId = id,
        Name = "joiner",
        Version = "1",
        Status = status,
        CreatedAt = Clock.GetUtcNow(),
        LastUpdatedAt = Clock.GetUtcNow(),
        Input = "{\"a\":\"ä\"}",
    };

    protected Task<bool> Create(string id, params string[] events) => History.CreateAsync(new(Run(id), [.. events.Select(Bytes)]), None);

    protected async Task<string> Events(string id) => Texts((await Load(id)).Events);

    protected async Task<string> Messages(string id) => Texts((await Load(id)).Messages.Select(m => m.Message));

    protected async Task<StoredInstance> Load(string id) => (await History.LoadAsync(id, None)).ShouldNotBeNull();

    protected TurnCommit Turn(string id, int expected, params string[] events) =>
        new() { Instance = Run(id), ExpectedEvents = expected, NewEvents = [.. events.Select(Bytes)] };

    protected Task<TurnReceipt> Commit(TurnCommit turn) => History.CommitTurnAsync(turn, None);

    [Fact]
    public async Task An_unknown_run_is_not_there()
    {
        (await History.LoadAsync("r", None)).ShouldBeNull();
        (await History.GetAsync("r", None)).ShouldBeNull();
        (await History.AddMessageAsync("r", Bytes("m"), None)).ShouldBe(new(SignalResult.NotFound, 0));
    }

    [Fact]
    public async Task A_created_run_is_loaded_as_it_was_given()
    {
        var run = Run("r") with { Output = "1", CustomStatus = "\"here\"", Failure = new("Some.Type", "it broke") };
        (await History.CreateAsync(new(run, [Bytes("e1"), Bytes(string.Empty), Bytes("e3")], "parent"), None)).ShouldBeTrue();

        var loaded = await Load("r");
        loaded.Instance.ShouldBe(run);
        loaded.ParentInstanceId.ShouldBe("parent");
        Texts(loaded.Events).ShouldBe("e1,,e3");
        loaded.Messages.ShouldBeEmpty();
        (await History.GetAsync("r", None)).ShouldBe(run);
    }

    [Fact]
    public async Task A_second_create_of_an_id_answers_false_and_changes_nothing()
    {
        await Create("r", "first");

        (await History.CreateAsync(new(Run("r") with { Name = "other" }, [Bytes("second")]), None)).ShouldBeFalse();

        (await Load("r")).Instance.Name.ShouldBe("joiner");
        (await Events("r")).ShouldBe("first");
    }

    [Fact]
    public async Task Ids_are_case_exact()
    {
        await Create("r");

        (await Create("R")).ShouldBeTrue();
    }

    [Fact]
    public async Task Turns_append_their_events_and_replace_the_state()
    {
        await Create("r", "e1");
        await Commit(Turn("r", 1, "e2", "e3"));
        await Commit(Turn("r", 3) with { Instance = Run("r") with { CustomStatus = "\"step\"", Input = null } });
        await Commit(Turn("r", 3, "e4"));

        (await Events("r")).ShouldBe("e1,e2,e3,e4");
    }

    [Fact]
    public async Task A_turn_without_events_still_changes_the_state()
    {
        await Create("r");
        var ended = Run("r", WorkflowStatus.Failed) with { Failure = new("T", "m"), Output = "2", Version = "2" };

        (await Commit(Turn("r", 0) with { Instance = ended })).ShouldBe(TurnReceipt.Empty);

        (await History.GetAsync("r", None)).ShouldBe(ended);
    }

    [Fact]
    public async Task A_turn_that_expects_other_events_than_there_are_is_fenced_and_stores_nothing()
    {
        await Create("r", "e1");
        await Create("other");
        foreach (var expected in (int[])[0, 2])
        {
            var turn = Turn("r", expected, "late") with { Messages = [new("other", Bytes("m"))], Children = [new(Run("child"), [])] };
            (await Should.ThrowAsync<StoreException>(() => Commit(turn))).Failure.ShouldBe(StoreFailure.Fenced);
        }

        (await Events("r")).ShouldBe("e1");
        (await Messages("other")).ShouldBeEmpty();
        (await History.GetAsync("child", None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_new_generation_drops_the_events_before_and_keeps_the_messages()
    {
        await Create("r", "e1", "e2");
        await History.AddMessageAsync("r", Bytes("m"), None);

        await Commit(Turn("r", 2, "n1") with { NewGeneration = true, Instance = Run("r") with { Input = "2" } });
        await Commit(Turn("r", 1, "n2"));

        (await Events("r")).ShouldBe("n1,n2");
        (await Messages("r")).ShouldBe("m");
    }

    [Fact]
    public async Task Messages_are_kept_in_order_with_ascending_numbers()
    {
        await Create("r");
        var numbers = new List<long>();
        for (var i = 0; i < 20; i++)
        {
            var receipt = await History.AddMessageAsync("r", Bytes($"{i}"), None);
            receipt.Result.ShouldBe(SignalResult.Accepted);
            numbers.Add(receipt.Number);
        }

        numbers.ShouldBeInOrder(SortDirection.Ascending);
        numbers.Distinct().Count().ShouldBe(20);
        (await Load("r")).Messages.Select(m => m.Number).ShouldBe(numbers);
        (await Messages("r")).ShouldBe(string.Join(',', Enumerable.Range(0, 20)));
    }

    [Fact]
    public async Task Consumed_messages_go_and_the_others_stay()
    {
        await Create("r");
        var first = await History.AddMessageAsync("r", Bytes("m1"), None);
        await History.AddMessageAsync("r", Bytes("m2"), None);
        var third = await History.AddMessageAsync("r", Bytes("m3"), None);

        await Commit(Turn("r", 0, "took m1 and m3") with { ConsumedMessages = [first.Number, third.Number] });

        (await Messages("r")).ShouldBe("m2");
    }

    [Fact]
    public async Task A_turn_cannot_consume_the_messages_of_another_run()
    {
        await Create("r");
        await Create("other");
        var message = await History.AddMessageAsync("other", Bytes("m"), None);

        await Commit(Turn("r", 0) with { ConsumedMessages = [message.Number] });

        (await Messages("other")).ShouldBe("m");
    }

    [Fact]
    public async Task Children_and_messages_are_stored_with_the_turn_and_answered_in_order()
    {
        await Create("r");
        await Create("old");
        await Create("ended");
        await Commit(Turn("ended", 0) with { Instance = Run("ended", WorkflowStatus.Completed) });

        var receipt = await Commit(Turn("r", 0, "e1") with
        {
            Children = [new(Run("new"), [Bytes("c1")], "r"), new(Run("old"), [Bytes("no")], "r")],
            Messages = [new("new", Bytes("to new")), new("nobody", Bytes("x")), new("ended", Bytes("x")), new("r", Bytes("to me"))],
        });

        receipt.ChildrenCreated.ShouldBe([true, false]);
        receipt.Messages.Select(m => m.Result).ShouldBe([SignalResult.Accepted, SignalResult.NotFound, SignalResult.Ended, SignalResult.Accepted]);
        receipt.Messages.Select(m => m.Number > 0).ShouldBe([true, false, false, true]);
        (await Load("new")).ParentInstanceId.ShouldBe("r");
        (await Events("new")).ShouldBe("c1");
        (await Messages("new")).ShouldBe("to new");
        (await Messages("r")).ShouldBe("to me");
        (await Events("old")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(WorkflowStatus.Completed)]
    [InlineData(WorkflowStatus.Failed)]
    [InlineData(WorkflowStatus.Terminated)]
    public async Task A_run_that_ends_loses_its_messages_and_takes_no_more(WorkflowStatus end)
    {
        await Create("r");
        await History.AddMessageAsync("r", Bytes("m"), None);

        await Commit(Turn("r", 0) with { Instance = Run("r", end), Messages = [new("r", Bytes("to itself"))] });

        (await Messages("r")).ShouldBeEmpty();
        (await History.AddMessageAsync("r", Bytes("late"), None)).ShouldBe(new(SignalResult.Ended, 0));
    }

    [Fact]
    public async Task Of_two_turns_made_from_the_same_events_one_is_stored()
    {
        await Create("r");
        var turns = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            try
            {
                await Commit(Turn("r", 0, $"{i}"));
                return 1;
            }
            catch (StoreException e) when (e.Failure == StoreFailure.Fenced)
            {
                return 0;
            }
        })));

        turns.Sum().ShouldBe(1);
        (await Load("r")).Events.Count.ShouldBe(1);
    }
}
