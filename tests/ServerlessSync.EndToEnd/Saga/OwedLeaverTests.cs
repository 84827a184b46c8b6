using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>However a leaver's run ends, the person is offboarded: a run that has not done its work does not use the termination up.</summary>
public sealed class OwedLeaverTests
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    static readonly string Id = MeshWorld.IdOf("ada");
    static readonly string Leaver = Lanes.RunId(Id, 2);

    readonly GatedHistory _history = new(new MemoryWorkflowHistory(TimeProvider.System));

    [Theory]
    [InlineData(ChangeKind.Terminated)]
    [InlineData(ChangeKind.Suspended)]
    public async Task Stopped_hard_before_its_first_turn_it_is_begun_anew(ChangeKind kind)
    {
        await using var world = await ActiveAsync();
        var begin = _history.Gate(Leaver);
        await world.Stores.Inbox.AcceptAsync([world.Hr("ada", 2, kind: kind)], CancellationToken.None);
        await _history.Created.WaitAsync(Soon);
        await world.Mesh.Operators.RecordHardStopAsync(Leaver, "drill", "ops", CancellationToken.None);
        await world.Client.TerminateInstanceAsync(Leaver, "drill", CancellationToken.None);
        begin.SetResult();

        await world.SettleAsync();

        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();
        (await world.ExceptionsAsync()).Select(e => e.Kind).Order().ShouldBe(["hard-stop", "run-failed"]);
        (await world.Client.GetInstanceAsync(Leaver, CancellationToken.None))!.Status.ShouldBe(WorkflowStatus.Terminated);
        (await world.Client.GetInstanceAsync(Lanes.RunId(Id, 2, 1), CancellationToken.None))!.Status.ShouldBe(WorkflowStatus.Completed);
        (await world.Stores.Inbox.FindAsync(Inbox.KeyOf("hr", "ada-2"), CancellationToken.None))!.Status.ShouldBe(InboxStatus.Applied);
    }

    [Fact]
    public async Task Stopped_hard_again_and_again_it_ends_as_an_exception_that_says_who_keeps_access_and_can_be_replayed()
    {
        await using var world = await ActiveAsync();
        var stops = 0;
        _history.OnCreated = async run =>
        {
            if (run.StartsWith(Leaver, StringComparison.Ordinal))
            {
                stops++;
                await world.Client.TerminateInstanceAsync(run, "drill", CancellationToken.None);
            }
        };
        await world.CarryAsync(world.Leaver("ada", 2));

        stops.ShouldBe(11);
        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeTrue();
        var last = (await world.ExceptionsAsync()).Single(e => e.Run == Lanes.RunId(Id, 2, 10));
        last.Reason.ShouldContain("may still have access");
        _history.OnCreated = _ => Task.CompletedTask;
        await world.Mesh.Operators.ReplayAsync(last.Id, "otto", CancellationToken.None);
        await world.SettleAsync();
        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();
    }

    [Fact]
    public async Task Failed_before_it_could_record_that_the_person_left_it_is_begun_anew()
    {
        var rows = new UnreadableRowStore(new MemoryRowStore());
        await using var world = await ActiveAsync(rows);
        rows.Fails = address => address.Key == "source-hr";
        await world.Stores.Inbox.AcceptAsync([world.Leaver("ada", 2)], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(Soon);
        await world.MoveUntilAsync(world.Client.WaitForInstanceCompletionAsync(Leaver, limit.Token), limit.Token);
        rows.Fails = static _ => false;

        await world.SettleAsync();

        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();
        (await world.ViewAsync("ada"))!.Record.Status.ShouldBe(IdentityStatus.Terminated);
    }

    [Fact]
    public async Task A_name_that_has_come_to_belong_to_somebody_else_does_not_stand_in_its_way()
    {
        await using var world = await ActiveAsync();
        await world.CarryAsync(world.Hr("bob", 1));
        await world.Stores.Claims.ReleaseAsync(ClaimKind.UserName, "ada@example.com", Id, CancellationToken.None);
        (await world.Stores.Claims.ClaimAsync(ClaimKind.UserName, "ada@example.com", MeshWorld.IdOf("bob"), _ => Task.FromResult(false), CancellationToken.None))
            .ShouldBe(MeshWorld.IdOf("bob"));

        await world.CarryAsync(world.Leaver("ada", 2));

        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();
    }

    [Fact]
    public async Task Under_the_id_of_a_run_that_ended_in_another_life_it_is_begun_anew()
    {
        await using var world = await ActiveAsync();
        await world.CarryAsync(world.Leaver("ada", 2));
        await world.StopAsync();
        world.Reopen(new MemoryRowStore(), _history);
        await world.StartAsync();

        await world.CarryAsync(world.Hr("ada", 1));
        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeTrue();
        await world.CarryAsync(world.Leaver("ada", 2));

        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();
    }

    [Fact]
    public async Task Suspended_while_what_it_left_is_taken_up_again_it_goes_on()
    {
        await using var world = await ActiveAsync();
        await world.CarryAsync(world.Leaver("ada", 2));
        world.Targets["t1"].PutNatively("ada@example.com", world.Targets["t1"].Native["ada@example.com"] with { Active = true });
        var begin = _history.Gate(Lanes.RunId(Id, 3));
        var look = world.Mesh.Operators.LookAsync(Id, "r1", "ops", CancellationToken.None);
        await _history.Created.WaitAsync(Soon);
        await world.Client.SuspendInstanceAsync(Lanes.RunId(Id, 3), "coffee", CancellationToken.None);
        begin.SetResult();
        await look;

        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await world.SettleAsync();

        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();
    }

    [Fact]
    public async Task Suspended_while_it_finishes_it_is_done_and_shows_as_suspended_until_it_is_resumed()
    {
        var rows = new UnreadableRowStore(new MemoryRowStore());
        await using var world = await ActiveAsync(rows);
        var finishing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rows.Before = async address =>
        {
            if (address.Table == TableNames.Exceptions && address.Partition == Id)
            {
                finishing.TrySetResult();
                await finish.Task;
            }
        };
        await world.Stores.Inbox.AcceptAsync([world.Leaver("ada", 2)], CancellationToken.None);
        await world.MoveUntilAsync(finishing.Task, CancellationToken.None);
        await world.Client.SuspendInstanceAsync(Leaver, "coffee", CancellationToken.None);
        rows.Before = static _ => Task.CompletedTask;
        var freed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rows.Committed = batch => _ = batch.Table == TableNames.Lanes && freed.TrySetResult();
        finish.SetResult();
        await freed.Task.WaitAsync(Soon);

        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();
        (await world.Stores.Lanes.FindAsync(Id, CancellationToken.None)).IsIdle.ShouldBeTrue();
        await world.Client.ResumeInstanceAsync(Leaver, null, CancellationToken.None);
        (await world.Client.WaitForInstanceCompletionAsync(Leaver, CancellationToken.None).WaitAsync(Soon)).Status.ShouldBe(WorkflowStatus.Completed);
    }

    [Fact]
    public async Task Stopped_hard_before_an_older_termination_it_is_begun_anew_all_the_same()
    {
        await using var world = new MeshWorld(MeshYaml.For(1, "all: t1=group:All"), null, _history);
        await world.StartAsync();
        await world.CarryAsync(world.Hr("ada", 4));
        var stops = 0;
        _history.OnCreated = async run =>
        {
            if (run == Leaver && stops++ == 0)
            {
                var old = world.Leaver("ada", 3);
                await world.Stores.Inbox.AcceptAsync([old], CancellationToken.None);
                await world.Seen.Lanes.EnqueueAsync(Id, old, Inbox.KeyOf(old.Source, old.Id), _ => Task.CompletedTask, CancellationToken.None);
                await world.Client.TerminateInstanceAsync(run, "drill", CancellationToken.None);
            }
        };

        await world.CarryAsync(world.Leaver("ada", 6));

        stops.ShouldBeGreaterThan(0);
        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();
    }

    async Task<MeshWorld> ActiveAsync(IRowStore? rows = null)
    {
        var world = new MeshWorld(MeshYaml.For(1, "all: t1=group:All"), rows, _history);
        await world.StartAsync();
        await world.CarryAsync(world.Hr("ada", 1));
        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeTrue();
        return world;
    }

    /// <summary>Holds a run between its creation and its first turn.</summary>
    sealed class GatedHistory(IWorkflowHistory inner) : DelegatingHistory(inner)
    {
        readonly TaskCompletionSource _created = new(TaskCreationOptions.RunContinuationsAsynchronously);
        (string Run, Task Open) _gate = (string.Empty, Task.CompletedTask);

        /// <summary>Ends when the run behind the gate is stored.</summary>
        public Task Created => _created.Task;

        /// <summary>Called with each run that is stored, before its first turn.</summary>
        public Func<string, Task> OnCreated { get; set; } = static _ => Task.CompletedTask;

        public TaskCompletionSource Gate(string run)
        {
            var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _gate = (run, open.Task);
            return open;
        }

        public override async Task<bool> CreateAsync(NewInstance instance, CancellationToken cancellationToken)
        {
            var created = await base.CreateAsync(instance, cancellationToken);
            if (created)
            {
                await OnCreated(instance.Instance.InstanceId);
            }

            if (instance.Instance.InstanceId == _gate.Run)
            {
                _created.TrySetResult();
                await _gate.Open.WaitAsync(cancellationToken);
            }

            return created;
        }
    }
}
