using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

public sealed class OutageTests
{
    static readonly MeshConfiguration Configuration = MeshYaml.For(2, "all: t1=group:All, t2=role:all") with
    {
        Deadlines = new DeadlineConfiguration { Leaver = TimeSpan.FromMinutes(10) },
    };

    static readonly string Id = MeshWorld.IdOf("ada");

    [Fact]
    public async Task A_joiner_undoes_what_was_granted_elsewhere_in_the_group_and_opens_an_exception()
    {
        await using var world = await MeshWorld.StartAsync(Configuration, Down);
        await world.CarryAsync(world.Hr("ada", 1));

        world.Targets["t1"].Native["ada@example.com"].Rights.ShouldBeEmpty();
        world.Script.Calls.Count(c => c is { Target: "t2", Operation: "find" }).ShouldBeGreaterThanOrEqualTo(3);
        (await world.ExceptionsAsync()).Select(e => (e.Kind, e.Target, e.Owner)).ShouldContain(("group-failed", "t2", "identity-team"));
        (await Trail.GreenAsync(world.Rows, Id)).Values.ShouldBe([false]);
    }

    [Fact]
    public async Task A_leaver_keeps_trying_is_owned_once_after_its_deadline_and_ends_when_the_target_is_back()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await InsistAsync(world, TimeSpan.FromMinutes(30));

        var overdue = (await world.ExceptionsAsync()).Where(e => e.Kind == "revocation-overdue").ToList();
        overdue.Select(e => e.Id).ShouldBeUnique();
        overdue.ShouldContain(e => e.Reason.StartsWith("t2/disable ", StringComparison.Ordinal) && e.Owner == "identity-team");
        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();
        (await Trail.GreenAsync(world.Rows, Id)).Count.ShouldBe(1);

        world.Script.On = _ => Behaviour.Obey;
        await world.SettleAsync();
        var account = world.Targets["t2"].Native["ada@example.com"];
        (account.Active, account.Sessions, account.Rights.Count).ShouldBe((false, 0, 0));
        (await world.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_who_returns_while_the_leaver_insists_takes_over()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await InsistAsync(world, TimeSpan.FromMinutes(1));
        await world.CarryAsync(world.Hr("ada", 3));

        world.Script.On = _ => Behaviour.Obey;
        await world.CarryAsync(world.Hr("ada", 4));
        world.Targets.Values.Select(t => t.Native["ada@example.com"]).ShouldAllBe(a => a.Active && a.Rights.Count == 1);
        (await world.ViewAsync("ada"))!.Record.Status.ShouldBe(IdentityStatus.Active);
    }

    [Fact]
    public async Task An_event_that_is_refused_while_the_leaver_insists_does_not_let_anybody_off()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await InsistAsync(world, TimeSpan.FromMinutes(1));
        await world.Stores.Inbox.AcceptAsync([world.Hr("b7", 1) with { Source = "badge", Anchors = [new Anchor("hr", "ada")] }], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await InsistAsync(world, TimeSpan.FromMinutes(2), leaves: false);

        world.Script.On = _ => Behaviour.Obey;
        await world.SettleAsync();
        world.Targets["t2"].Native["ada@example.com"].Active.ShouldBeFalse();
    }

    [Fact]
    public async Task A_joiner_an_operator_stops_is_undone_whole_and_is_somebodys_exception()
    {
        await using var world = await MeshWorld.StartAsync(Configuration, call => call.Operation == "grant" && call.Target == "t2" ? Behaviour.Fail(FailureKind.Transient) : Behaviour.Obey);
        var run = Lanes.RunId(Id, 1);
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var script = world.Script.On;
        world.Script.On = call =>
        {
            if (call.Operation == "grant" && call.Target == "t2")
            {
                waiting.TrySetResult();
            }

            return script(call);
        };
        await world.Stores.Inbox.AcceptAsync([world.Hr("ada", 1)], CancellationToken.None);
        await waiting.Task;
        await world.Client.RaiseEventAsync(run, WorkflowNames.StopEvent, null, CancellationToken.None);
        await world.SettleAsync();

        world.Targets.Values.ShouldAllBe(t => t.Native.Count == 0);
        (await world.ViewAsync("ada"))!.Grants.ShouldBeEmpty();
        (await world.ExceptionsAsync()).ShouldContain(e => e.Kind == "stopped");
        (await Trail.GreenAsync(world.Rows, Id)).Values.ShouldBe([false]);
    }

    [Fact]
    public async Task A_leaver_an_operator_stops_leaves_each_open_revocation_to_an_owner()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await InsistAsync(world, TimeSpan.FromMinutes(1));
        await world.Client.RaiseEventAsync(Lanes.RunId(Id, 2), WorkflowNames.StopEvent, null, CancellationToken.None);
        await world.SettleAsync();

        (await world.ExceptionsAsync()).ShouldContain(e => e.Kind == "revocation-stopped" && e.Target == "t2" && e.Reason.StartsWith("t2/disable ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_stopped_hard_is_an_exception_and_the_lane_goes_on()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await InsistAsync(world, TimeSpan.FromMinutes(1));
        var run = Lanes.RunId(Id, 2);
        await world.Mesh.Operators.RecordHardStopAsync(run, "drill", "ops", CancellationToken.None);
        await world.Client.TerminateInstanceAsync(run, "drill", CancellationToken.None);
        world.Script.On = _ => Behaviour.Obey;
        await world.SettleAsync();
        (await world.ExceptionsAsync()).Select(e => e.Kind).Order().ShouldBe(["hard-stop", "run-failed"]);

        await world.CarryAsync(world.Leaver("ada", 3));
        world.Targets.Values.SelectMany(t => t.Native.Values).ShouldAllBe(a => !a.Active && a.Rights.Count == 0);
    }

    static Behaviour Down(ScriptedCall call) => call.Target == "t2" ? Behaviour.Fail(FailureKind.Transient) : Behaviour.Obey;

    /// <summary>Lets t2 be down and the clock run for a while.</summary>
    static async Task InsistAsync(MeshWorld world, TimeSpan time, bool leaves = true)
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var until = world.Clock.GetUtcNow() + time;
        world.Script.On = call =>
        {
            if (call.Target == "t2" && world.Clock.GetUtcNow() >= until)
            {
                passed.TrySetResult();
            }

            return Down(call);
        };
        if (leaves)
        {
            await world.Stores.Inbox.AcceptAsync([world.Leaver("ada", 2)], CancellationToken.None);
            await world.Mesh.SweepOnceAsync(CancellationToken.None);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await world.MoveUntilAsync(passed.Task, limit.Token);
    }
}
