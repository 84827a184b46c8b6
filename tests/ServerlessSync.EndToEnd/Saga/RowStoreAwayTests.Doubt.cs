using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>What is left in doubt is neither given to somebody it is not meant for nor taken from whom it belonged to before us.</summary>
public sealed partial class RowStoreAwayTests
{
    [Fact]
    public async Task Who_is_suspended_is_not_given_a_right_that_is_in_doubt()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(2, "all: t1=group:All, t2=role:all"), call =>
            call switch
            {
                { Operation: "grant" } => Behaviour.Fail(FailureKind.Transient),
                { Operation: "revoke" } => Behaviour.Fail(FailureKind.Rejected),
                _ => Behaviour.Obey,
            });
        await world.CarryAsync(world.Hr("ada", 1));
        world.Script.On = _ => Behaviour.Obey;
        await world.CarryAsync(world.Hr("ada", 2, kind: ChangeKind.Suspended));
        world.Standing().ShouldNotContain("group:All", Case.Sensitive, world.Standing());
        Active(world).ShouldBeFalse();
    }

    [Fact]
    public async Task A_right_in_doubt_on_a_target_that_left_the_file_holds_up_no_suspension()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(2, "all: t1=group:All, t2=role:all"), call =>
            call switch
            {
                { Operation: "grant", Target: "t2" } => Behaviour.Fail(FailureKind.Transient),
                { Operation: "revoke" } => Behaviour.Fail(FailureKind.Rejected),
                _ => Behaviour.Obey,
            });
        await world.CarryAsync(world.Hr("ada", 1));
        (await world.ViewAsync("ada"))!.Grants.ShouldContain(g => g.InDoubt);
        await world.StopAsync();
        world.Configuration = MeshYaml.For(1, "all: t1=group:All");
        world.Script.On = _ => Behaviour.Obey;
        await world.StartAsync();
        await world.CarryAsync(world.Hr("ada", 2, kind: ChangeKind.Suspended));
        Active(world).ShouldBeFalse(string.Join("\n", (await world.ExceptionsAsync()).Select(e => e.Kind + " " + e.Reason)));
    }

    [Theory]
    [InlineData(ChangeKind.Suspended)]
    [InlineData(ChangeKind.Changed)]
    public async Task An_account_made_by_a_run_that_was_stopped_before_it_could_record_it_ends_with_who_may_not_have_it(ChangeKind kind)
    {
        await using var world = await StartAsync(MeshYaml.For(1));
        await GoAwayAtAsync(world, world.Hr("ada", 1), c => c.Operation == "create");
        await PassAsync(world, TimeSpan.FromMinutes(1));
        Active(world).ShouldBeTrue();
        await world.Client.TerminateInstanceAsync(Lanes.RunId(Id, 1), "drill", CancellationToken.None);
        _rows.IsAway = false;
        world.Script.On = _ => Behaviour.Obey;
        if (kind == ChangeKind.Changed)
        {
            await world.StopAsync();
            world.Configuration = OutOfScope(MeshYaml.For(1));
            await world.StartAsync();
        }

        await world.SettleAsync();
        await world.CarryAsync(world.Hr("ada", 2, kind: kind));
        Active(world).ShouldBeFalse(world.Standing());
        (await world.ViewAsync("ada"))!.Accounts["t1"].ShouldSatisfyAllConditions(
            a => a.Status.ShouldBe(AccountStatus.Disabled), a => a.InDoubt.ShouldBeFalse(), a => a.Key.ShouldNotBeEmpty());
    }

    [Fact]
    public async Task An_account_made_by_a_run_that_gave_up_is_undone_when_an_operator_stops_the_next()
    {
        await using var world = await StartAsync(MeshYaml.For(1, "all: t1=group:All"));
        await GoAwayAtAsync(world, world.Hr("ada", 1), c => c.Operation == "create");
        using var limit = new CancellationTokenSource(Guard);
        await world.MoveUntilAsync(world.Client.WaitForInstanceCompletionAsync(Lanes.RunId(Id, 1), limit.Token), limit.Token);
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Script.On = call =>
        {
            if (call.Operation == "grant")
            {
                held.TrySetResult();
                return Behaviour.Hold(hold.Task);
            }

            return Behaviour.Obey;
        };
        _rows.IsAway = false;
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await world.MoveUntilAsync(held.Task, limit.Token);
        await world.Client.RaiseEventAsync(Lanes.RunId(Id, 1, 1), WorkflowNames.StopEvent, null, CancellationToken.None);
        hold.SetResult();
        await world.SettleAsync();
        world.Targets["t1"].Native.Count.ShouldBe(0, world.Standing() + string.Join("\n", (await world.ExceptionsAsync()).Select(e => e.Kind + " " + e.Reason)));
    }

    [Fact]
    public async Task A_right_held_before_us_survives_the_undoing_of_a_run_begun_anew()
    {
        await using var world = await StartAsync(MeshYaml.For(2, "ops: t1=group:Ops, t2=role:ops ? department=Ops"));
        await world.CarryAsync(world.Hr("ada", 1));
        var native = world.Targets["t1"].Native["ada@example.com"];
        world.Targets["t1"].PutNatively("ada@example.com", native with { Rights = ["group:Ops"] });
        using var given = new SemaphoreSlim(0);
        await GoAwayAtAsync(
            world,
            world.Hr("ada", 2, "Ops"),
            c => c is { Target: "t2", Operation: "grant" } && given.Wait(Guard),
            c =>
            {
                if (c is { Target: "t1", Operation: "grant" })
                {
                    given.Release();
                }

                return c is { Target: "t2", Operation: "grant" } ? Behaviour.Fail(FailureKind.Rejected) : Behaviour.Obey;
            });
        using var limit = new CancellationTokenSource(Guard);
        await world.MoveUntilAsync(world.Client.WaitForInstanceCompletionAsync(Lanes.RunId(Id, 2), limit.Token), limit.Token);
        _rows.IsAway = false;
        await world.SettleAsync();
        (await world.ExceptionsAsync()).Select(e => e.Kind).ShouldContain("group-failed");
        world.Standing().ShouldContain("group:Ops", Case.Sensitive, "a right held before us");
    }

    [Fact]
    public async Task An_account_whose_enabling_was_not_recorded_is_disabled_by_the_suspension_after()
    {
        await using var world = await StartAsync(MeshYaml.For(1));
        await world.CarryAsync(world.Hr("ada", 1));
        await world.CarryAsync(world.Hr("ada", 2, kind: ChangeKind.Suspended));
        Active(world).ShouldBeFalse();
        await GoAwayAtAsync(world, world.Hr("ada", 3), c => c.Operation == "enable");
        await PassAsync(world, TimeSpan.FromMinutes(1));
        Active(world).ShouldBeTrue();
        await world.Client.TerminateInstanceAsync(Lanes.RunId(Id, 3), "drill", CancellationToken.None);
        _rows.IsAway = false;
        world.Script.On = _ => Behaviour.Obey;
        await world.SettleAsync();
        await world.CarryAsync(world.Hr("ada", 4, kind: ChangeKind.Suspended));
        (await world.ViewAsync("ada"))!.Record.Status.ShouldBe(IdentityStatus.Suspended);
        Active(world).ShouldBeFalse();
    }

    [Fact]
    public async Task Reports_get_their_manager_back_when_the_rehire_was_begun_anew()
    {
        await using var world = await StartAsync(MeshYaml.For(1));
        await world.CarryAsync(world.Hr("chief", 1), world.Hr("boss", 1, manager: "chief"), world.Hr("ada", 1, manager: "boss"));
        await world.CarryAsync(world.Leaver("boss", 2));
        world.Targets["t1"].Native["ada@example.com"].Attributes["manager"].ShouldBe("chief@example.com");
        await GoAwayAtAsync(world, world.Hr("boss", 3, manager: "chief"), c => c.Operation == "enable");
        using var limit = new CancellationTokenSource(Guard);
        var boss = MeshWorld.IdOf("boss");
        var lane = 0;
        for (var n = 1; n < 12; n++)
        {
            if (await world.History.GetAsync(Lanes.RunId(boss, n), CancellationToken.None) is not null)
            {
                lane = n;
            }
        }

        await world.MoveUntilAsync(world.Client.WaitForInstanceCompletionAsync(Lanes.RunId(boss, lane), limit.Token), limit.Token);
        _rows.IsAway = false;
        world.Script.On = _ => Behaviour.Obey;
        await world.SettleAsync();
        world.Targets["t1"].Native["boss@example.com"].Active.ShouldBeTrue();
        world.Targets["t1"].Native["ada@example.com"].Attributes["manager"].ShouldBe("boss@example.com");
    }

    static bool Active(MeshWorld world) => world.Targets["t1"].Native["ada@example.com"].Active;

    static MeshConfiguration OutOfScope(MeshConfiguration configuration) => configuration with
    {
        Targets = configuration.Targets.ToDictionary(
            t => t.Key, t => t.Value with { Scope = new Dictionary<string, IReadOnlyList<string>> { ["department"] = ["Nowhere"] } }),
    };
}
