using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Drift.DriftStage;

namespace ServerlessSync.EndToEnd.Drift;

/// <summary>Each kind of drift a plan can mend, planted on the target behind the mesh's back: mended by the calls it takes, and nothing else is touched.</summary>
public sealed class MendTests
{
    [Theory]
    [InlineData(DriftKind.Missing, "t1 create,t1 grant group:All,t1 grant group:IT")]
    [InlineData(DriftKind.Status, "t1 enable")]
    [InlineData(DriftKind.Attribute, "t1 update")]
    [InlineData(DriftKind.ExtraGrant, "t1 revoke group:Smuggled")]
    [InlineData(DriftKind.MissingGrant, "t1 grant group:IT")]
    public async Task Drift_of_somebody_at_work_is_mended_by_exactly_the_calls_it_takes(DriftKind kind, string calls)
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1), world.Hr("bob", 1));
        var standing = world.Standing();
        Plant(world, kind);
        var effects = world.Script.Effects.Count;

        await world.MendAsync(await world.FindDriftAsync("ada", kind));

        world.Since(effects).ShouldBe(calls.Split(','), ignoreOrder: true);
        world.Standing().ShouldBe(standing);
        var item = await world.DriftAsync();
        (item.State, item.SettledAt is null).ShouldBe((DriftState.Settled, false));
        item.Reason!.ShouldStartWith("mended and read back by run ");
        (await world.ExceptionsAsync()).ShouldBeEmpty();
        await CheckRecordAsync(world);
    }

    [Fact]
    public async Task Another_sign_in_name_is_written_back()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        world.Tamper("t1", Ada, a => a with { UserName = "eve@example.com" });
        var effects = world.Script.Effects.Count;

        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.Attribute, "userName"));

        world.Since(effects).ShouldBe(["t1 update"]);
        world.Targets["t1"].Native[Ada].UserName.ShouldBe(Ada);
        (await world.DriftAsync()).State.ShouldBe(DriftState.Settled);
    }

    [Fact]
    public async Task Somebody_who_has_left_and_is_alive_again_gets_the_leavers_plan_with_its_proof_on_that_target_alone()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await world.CarryAsync(world.Leaver("ada", 2));
        world.Tamper("t1", Ada, a => a with { Active = true, Sessions = 2, Rights = ["group:All", "group:Smuggled"] });
        var (effects, calls) = (world.Script.Effects.Count, world.Script.Calls.Count);

        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.ExpiredButAlive));

        world.Since(effects).ShouldBe(["t1 disable", "t1 revokeSessions", "t1 revoke group:All", "t1 revoke group:Smuggled"]);
        world.Script.Calls.Skip(calls).ShouldAllBe(c => c.Target == "t1");
        var item = await world.DriftAsync();
        item.State.ShouldBe(DriftState.Settled);
        var trail = await Trail.ReadAsync(world.Rows, MeshWorld.IdOf("ada"));
        trail.ShouldContain(e => e.Entry.Kind == AuditKind.Verified && (string?)e.Content["step"] == "t1/prove");
    }

    [Fact]
    public async Task Somebody_suspended_who_can_sign_in_cannot_any_more_keeps_what_was_decided_and_loses_what_was_not()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await world.CarryAsync(world.Hr("ada", 2, kind: ChangeKind.Suspended));
        world.Tamper("t1", Ada, a => a with { Active = true, Sessions = 1, Rights = [.. a.Rights, "group:Smuggled"] });
        var effects = world.Script.Effects.Count;

        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.Status));

        world.Since(effects).ShouldBe(["t1 disable", "t1 revokeSessions", "t1 revoke group:Smuggled"]);
        world.Targets["t1"].Native[Ada].Rights.ShouldBe(["group:All", "group:IT"]);
        (await world.DriftAsync()).State.ShouldBe(DriftState.Settled);
    }

    [Fact]
    public async Task An_account_that_is_active_for_somebody_out_of_scope_is_ended()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await world.CarryAsync(world.Hr("ada", 2, "HR"));
        world.Targets["t2"].Native[Ada].Active.ShouldBeFalse();
        world.Tamper("t2", Ada, a => a with { Active = true, Sessions = 1, Rights = ["role:all"] });
        var effects = world.Script.Effects.Count;

        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.OutOfScope, target: "t2"));

        world.Since(effects).ShouldBe(["t2 disable", "t2 revokeSessions", "t2 revoke role:all"]);
        (await world.DriftAsync(target: "t2")).State.ShouldBe(DriftState.Settled);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("somebody-else")]
    public async Task An_account_that_carries_our_mark_no_more_is_foreign_and_somebody_is_asked(string? mark)
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        world.Tamper("t1", Ada, a => a with { Mark = mark, Active = false, Rights = ["group:Smuggled"] });
        var (effects, standing) = (world.Script.Effects.Count, world.Standing());

        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.Status));

        world.Since(effects).ShouldBeEmpty();
        world.Standing().ShouldBe(standing);
        var item = await world.DriftAsync();
        item.State.ShouldBe(DriftState.Asked);
        item.Reason!.ShouldContain("foreign");
    }

    [Fact]
    public async Task An_account_of_ours_the_record_does_not_know_is_recorded_by_its_mark_and_made_as_decided()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1, "HR"));
        world.Targets["t2"].PutNatively(Ada, new ScriptedAccount(MeshWorld.IdOf("ada"), true, new Dictionary<string, string>(), ["role:all"], 0));
        var effects = world.Script.Effects.Count;

        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.OutOfScope, target: "t2"));

        world.Since(effects).ShouldBe(["t2 disable", "t2 revoke role:all"]);
        (await world.ViewAsync("ada"))!.Accounts["t2"].Status.ShouldBe(AccountStatus.Disabled);
        (await world.Seen.AccountKeys.FindAsync("t2", Ada, CancellationToken.None)).ShouldBe(MeshWorld.IdOf("ada"));
    }

    [Fact]
    public async Task Drift_that_is_gone_when_the_run_looks_is_settled_as_gone_and_nothing_is_written()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1), world.Hr("bob", 1));
        await world.CarryAsync(world.Leaver("bob", 2));
        var effects = world.Script.Effects.Count;

        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.Status));
        await world.MendAsync(await world.FindDriftAsync("bob", DriftKind.ExpiredButAlive));

        world.Since(effects).ShouldBeEmpty();
        (await world.DriftAsync()).Reason!.ShouldStartWith("gone by itself");
        (await world.DriftAsync("bob")).Reason!.ShouldStartWith("gone by itself");
    }

    [Fact]
    public async Task What_was_recorded_and_what_was_found_are_in_the_audit_with_the_plan_they_led_to()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        Plant(world, DriftKind.Status);
        world.Tamper("t1", Ada, a => a with { Rights = ["group:All", "group:Smuggled"] });

        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.Status));

        var trail = await Trail.ReadAsync(world.Rows, MeshWorld.IdOf("ada"));
        var observed = trail.Single(e => e.Entry.Kind == AuditKind.Observed).Content;
        ((string?)observed["recorded"]!["status"], (bool?)observed["found"]!["active"]).ShouldBe(("active", false));
        observed["notHeld"]!.AsArray().Select(n => (string?)n).ShouldBe(["group:IT"]);
        observed["undecided"]!.AsArray().Select(n => (string?)n).ShouldBe(["group:Smuggled"]);
        (await new AuditVerifier(world.Rows).VerifyAsync(CancellationToken.None)).Faults.ShouldBeEmpty();
        trail.Select(e => e.Entry.Id).ShouldBeUnique();
    }

    /// <summary>Every member of the kinds is either mended here or for people to settle.</summary>
    [Fact]
    public void Every_kind_a_plan_can_mend_is_mended_here() =>
        Enum.GetValues<DriftKind>().Where(k => k.CanBeRemediated()).ShouldBe(
            [DriftKind.Missing, DriftKind.Status, DriftKind.Attribute, DriftKind.ExtraGrant, DriftKind.MissingGrant, DriftKind.ExpiredButAlive, DriftKind.OutOfScope],
            ignoreOrder: true);

    static void Plant(MeshWorld world, DriftKind kind)
    {
        if (kind == DriftKind.Missing)
        {
            world.Targets["t1"].RemoveNatively(Ada);
            return;
        }

        world.Tamper("t1", Ada, a => kind switch
        {
            DriftKind.Status => a with { Active = false },
            DriftKind.Attribute => a with { Attributes = new Dictionary<string, string>(a.Attributes) { ["department"] = "Board", ["title"] = "Boss" } },
            DriftKind.ExtraGrant => a with { Rights = [.. a.Rights, "group:Smuggled"] },
            DriftKind.MissingGrant => a with { Rights = ["group:All"] },
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        });
    }

    static async Task CheckRecordAsync(MeshWorld world)
    {
        var view = (await world.ViewAsync("ada"))!;
        var account = world.Targets["t1"].Native[Ada];
        view.Accounts["t1"].Status.ShouldBe(AccountStatus.Active);
        view.Accounts["t1"].Attributes.ShouldBe(account.Attributes, ignoreOrder: true);
        view.Grants.Where(g => g.Target == "t1").Select(g => g.Name).ShouldBe(account.Rights);
        view.Grants.ShouldAllBe(g => !g.InDoubt && g.Decision.Length > 0);
    }
}
