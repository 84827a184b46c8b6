using ServerlessSync.Mesh.Model;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

public sealed class LifecycleTests
{
    [Fact]
    public async Task A_joiner_gets_accounts_and_the_grants_of_every_entitlement_that_matches()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(2, "all: t1=group:All, t2=role:all", "it: t1=group:IT ? department=IT", "hr: t2=role:hr ? department=HR"));

        await world.CarryAsync(world.Hr("ada", 1, "IT"));

        var account = world.Targets["t1"].Native["ada@example.com"];
        account.Active.ShouldBeTrue();
        account.Mark.ShouldBe(MeshWorld.IdOf("ada"));
        account.Rights.ShouldBe(["group:All", "group:IT"]);
        world.Targets["t2"].Native["ada@example.com"].Rights.ShouldBe(["role:all"]);
        var view = (await world.ViewAsync("ada"))!;
        view.Record.Status.ShouldBe(IdentityStatus.Active);
        view.Grants.Select(g => $"{g.Target}/{g.Name}").ShouldBe(["t1/group:All", "t1/group:IT", "t2/role:all"]);
        (await world.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mover_loses_the_old_departments_rights_before_getting_the_new_ones()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1, "it: t1=group:IT ? department=IT", "hr: t1=group:HR ? department=HR"));
        await world.CarryAsync(world.Hr("ada", 1, "IT"));

        await world.CarryAsync(world.Hr("ada", 2, "HR"));

        var account = world.Targets["t1"].Native["ada@example.com"];
        account.Rights.ShouldBe(["group:HR"]);
        account.Attributes["department"].ShouldBe("HR");
        world.Script.Effects.Select(e => e.Operation).ShouldBe(["create", "grant", "revoke", "update", "grant"]);
    }

    [Fact]
    public async Task A_leaver_is_disabled_first_and_keeps_no_session_and_no_right_known_or_not()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1, "all: t1=group:All"));
        await world.CarryAsync(world.Hr("ada", 1));
        var joined = world.Targets["t1"].Native["ada@example.com"];
        world.Targets["t1"].PutNatively("ada@example.com", joined with { Rights = ["group:All", "group:Smuggled"] });

        await world.CarryAsync(world.Leaver("ada", 2));

        var account = world.Targets["t1"].Native["ada@example.com"];
        account.Active.ShouldBeFalse();
        account.Sessions.ShouldBe(0);
        account.Rights.ShouldBeEmpty();
        world.Script.Effects.Skip(2).Select(e => e.Operation).ShouldBe(["disable", "revokeSessions", "revoke", "revoke"]);
        var view = (await world.ViewAsync("ada"))!;
        view.Record.Status.ShouldBe(IdentityStatus.Terminated);
        view.Grants.ShouldBeEmpty();
        view.Accounts["t1"].Status.ShouldBe(AccountStatus.Disabled);
    }

    [Fact]
    public async Task Somebody_who_returns_gets_the_same_account_back_with_todays_rights_only()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1, "it: t1=group:IT ? department=IT", "hr: t1=group:HR ? department=HR"));
        await world.CarryAsync(world.Hr("ada", 1, "IT"));
        await world.CarryAsync(world.Leaver("ada", 2));

        await world.CarryAsync(world.Hr("ada", 3, "HR"));

        var account = world.Targets["t1"].Native["ada@example.com"];
        account.Active.ShouldBeTrue();
        account.Rights.ShouldBe(["group:HR"]);
        world.Script.Effects.Count(e => e.Operation == "create").ShouldBe(1);
    }

    [Fact]
    public async Task An_entitlement_policy_denies_is_not_given_on_any_target_and_the_denial_is_in_the_plan()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(2, "all: t1=group:All", "danger: t1=group:Root, t2=role:root ? department=IT ! high"));

        await world.CarryAsync(world.Hr("ada", 1, "IT"));

        world.Script.Effects.ShouldNotContain(e => e.Right == "group:Root" || e.Right == "role:root");
        var denied = await ServerlessSync.Mesh.Workflows.Change.LastPlan.DeniedAsync(world.Stores, MeshWorld.IdOf("ada"), CancellationToken.None);
        denied.ShouldAllBe(d => d.Rule == "never" && !d.Allow);
        denied.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_manager_who_has_no_account_yet_is_filled_in_when_it_appears()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));

        await world.CarryAsync(world.Hr("ada", 1, manager: "boss"));
        world.Targets["t1"].Native["ada@example.com"].Attributes.ContainsKey("manager").ShouldBeFalse();

        await world.CarryAsync(world.Hr("boss", 1));
        world.Targets["t1"].Native["ada@example.com"].Attributes["manager"].ShouldBe("boss@example.com");
    }

    [Fact]
    public async Task When_a_manager_leaves_reports_get_the_managers_manager_and_get_the_manager_back_on_return()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(world.Hr("chief", 1), world.Hr("boss", 1, manager: "chief"), world.Hr("ada", 1, manager: "boss"));

        await world.CarryAsync(world.Leaver("boss", 2));
        world.Targets["t1"].Native["ada@example.com"].Attributes["manager"].ShouldBe("chief@example.com");

        await world.CarryAsync(world.Hr("boss", 3, manager: "chief"));
        world.Targets["t1"].Native["ada@example.com"].Attributes["manager"].ShouldBe("boss@example.com");
    }

    [Fact]
    public async Task The_same_event_twice_and_an_older_event_late_change_nothing_more()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1, "all: t1=group:All"));
        await world.CarryAsync(world.Hr("ada", 1));
        await world.CarryAsync(world.Leaver("ada", 3));
        var effects = world.Script.Effects.Count;

        await world.CarryAsync(world.Leaver("ada", 3));
        await world.CarryAsync(world.Hr("ada", 2));

        world.Script.Effects.Count.ShouldBe(effects);
        (await world.ViewAsync("ada"))!.Record.Status.ShouldBe(IdentityStatus.Terminated);
    }

    [Fact]
    public async Task A_leaver_nobody_has_heard_of_stays_gone_when_the_joiner_comes_late()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1, "all: t1=group:All"));

        await world.CarryAsync(world.Leaver("ada", 2));
        await world.CarryAsync(world.Hr("ada", 1));

        world.Targets["t1"].Native.ShouldBeEmpty();
        (await world.ViewAsync("ada"))!.Record.Status.ShouldBe(IdentityStatus.Terminated);
    }

    [Fact]
    public async Task Runs_that_stand_before_a_queued_termination_give_and_change_nothing_more_whether_they_had_begun_or_not()
    {
        var released = new TaskCompletionSource();
        var creating = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await MeshWorld.StartAsync(
            MeshYaml.For(1, "it: t1=group:IT ? department=IT", "hr: t1=group:HR ? department=HR"),
            call => call.Operation == "create" && creating.TrySetResult() ? Behaviour.Hold(released.Task) : Behaviour.Obey);
        await world.Stores.Inbox.AcceptAsync([world.Hr("ada", 1, "IT")], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await creating.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await world.Stores.Inbox.AcceptAsync([world.Hr("ada", 2, "HR"), world.Leaver("ada", 3)], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);

        released.SetResult();
        await world.SettleAsync();

        world.Script.Calls.ShouldNotContain(c => c.Operation == "grant" || c.Operation == "enable" || c.Operation == "update");
        world.Targets["t1"].Native.Values.ShouldAllBe(a => !a.Active);
    }
}
