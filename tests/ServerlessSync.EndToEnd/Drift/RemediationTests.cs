using ServerlessSync.Connectors;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Drift.DriftStage;

namespace ServerlessSync.EndToEnd.Drift;

/// <summary>The way from a recorded drift through its message, lane and run to its settlement, with what may go wrong on it.</summary>
public sealed class RemediationTests
{
    static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_message_that_comes_twice_and_once_more_after_the_end_begins_one_run()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        var item = await PlantAsync(world);
        var message = DriftMessage.Of(item);

        (await world.Mesh.Remediation.RemediateAsync(message, None)).ShouldBeNull();
        await world.MendAsync(item);
        var effects = world.Script.Effects.Count;
        world.Tamper("t1", Ada, a => a with { Active = false });
        await world.MendAsync(item);

        world.Since(effects).ShouldBeEmpty();
        (await LaneAsync(world)).Last.ShouldBe(2);
        (await world.DriftAsync()).MendedBy.ShouldBe($"{MeshWorld.IdOf("ada")}-000002");
    }

    [Fact]
    public async Task Drift_that_is_opened_anew_is_another_message_and_another_run_and_the_old_message_does_nothing()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        var first = await PlantAsync(world);
        await world.MendAsync(first);
        var second = await PlantAsync(world);
        second.Opening.ShouldBe(2);

        await world.MendAsync(first);
        world.Targets["t1"].Native[Ada].Active.ShouldBeFalse();

        await world.MendAsync(second);
        world.Targets["t1"].Native[Ada].Active.ShouldBeTrue();
    }

    [Fact]
    public async Task A_message_about_drift_nobody_recorded_is_refused() =>
        (await (await MeshWorld.StartAsync(Configuration)).Mesh.Remediation.RemediateAsync(new DriftMessage("nobody", "t1", 1), None))!.Reason.ShouldBe("unknown-drift");

    [Fact]
    public async Task Drift_where_an_exception_is_open_for_that_identity_and_target_is_held_with_the_reason()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        var now = world.Clock.GetUtcNow();
        await world.Seen.Exceptions.OpenAsync(
            new ExceptionItem($"{MeshWorld.IdOf("ada")}:x", "group-failed", MeshWorld.IdOf("ada"), "t1", null, "identity-team", "broken", now, now), None);
        var effects = world.Script.Effects.Count;

        await world.MendAsync(await PlantAsync(world));

        var item = await world.DriftAsync();
        (item.State, world.Since(effects).Count).ShouldBe((DriftState.Held, 0));
        item.Reason!.ShouldContain("broken");
        (await LaneAsync(world)).Last.ShouldBe(1);
    }

    [Fact]
    public async Task Drift_of_somebody_with_an_exception_that_cannot_be_read_is_held()
    {
        var damage = new DamagingRowStore(new MemoryRowStore());
        await using var world = new MeshWorld(Configuration, damage);
        await world.StartAsync();
        await world.CarryAsync(world.Hr("ada", 1));
        var (ada, now) = (MeshWorld.IdOf("ada"), world.Clock.GetUtcNow());
        await world.Seen.Exceptions.OpenAsync(new ExceptionItem($"{ada}:x", "group-failed", ada, "t1", null, "identity-team", "broken", now, now), None);
        damage.Damage(new RowAddress(TableNames.Exceptions, ada, $"x-{KeyText.Encode($"{ada}:x")}"));
        var effects = world.Script.Effects.Count;

        await world.MendAsync(await PlantAsync(world));

        var item = await world.DriftAsync();
        (item.State, item.Reason, world.Since(effects).Count).ShouldBe((DriftState.Held, "an exception of theirs cannot be read, and may be open", 0));
    }

    [Theory]
    [InlineData(DriftState.Asked)]
    [InlineData(DriftState.Held)]
    [InlineData(DriftState.Reported)]
    public async Task Drift_that_is_not_queued_is_left_as_it_is_whatever_message_comes(DriftState state)
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        world.Tamper("t1", Ada, a => a with { Active = false });
        var item = await world.FindDriftAsync("ada", DriftKind.Status, state: state);

        await world.MendAsync(item with { Attempt = 1 });

        (await world.DriftAsync()).ShouldSatisfyAllConditions(i => i.State.ShouldBe(state), i => i.Attempt.ShouldBe(0));
        world.Targets["t1"].Native[Ada].Active.ShouldBeFalse();
    }

    [Fact]
    public async Task A_target_that_is_away_is_asked_again_later_nothing_is_guessed_and_no_lane_waits_for_it()
    {
        var away = 2;
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        var item = await PlantAsync(world);
        var effects = world.Script.Effects.Count;
        world.Script.On = call => call is { Target: "t1", Operation: "find" } && away-- > 0 ? Behaviour.Fail(FailureKind.Transient) : Behaviour.Obey;

        await world.MendAsync(item);

        var waiting = await world.DriftAsync();
        (waiting.State, waiting.Attempt, world.Since(effects).Count).ShouldBe((DriftState.Queued, 2, 0));
        waiting.NotBefore.ShouldNotBeNull().ShouldBeGreaterThan(world.Clock.GetUtcNow());
        (await LaneAsync(world)).IsIdle.ShouldBeTrue();
        await world.Mesh.SweepOnceAsync(None);
        (await LaneAsync(world)).Last.ShouldBe(2, "its time has not come");

        (await world.MendToTheEndAsync()).State.ShouldBe(DriftState.Settled);
        world.Since(effects).ShouldBe(["t1 enable"]);
    }

    [Fact]
    public async Task A_target_that_stays_away_ends_in_a_drift_that_is_held_with_the_reason_and_nothing_is_written_or_recorded()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await PlantAsync(world);
        var effects = world.Script.Effects.Count;
        world.Script.On = call => call.Target == "t1" ? Behaviour.Fail(FailureKind.Transient) : Behaviour.Obey;

        var item = await world.MendToTheEndAsync();

        (item.State, item.Attempt).ShouldBe((DriftState.Held, 3));
        item.Reason!.ShouldContain("could not be read");
        world.Since(effects).ShouldBeEmpty();
        (await world.ViewAsync("ada"))!.Accounts["t1"].Status.ShouldBe(AccountStatus.Active);
    }

    [Fact]
    public async Task A_mending_that_fails_is_undone_and_the_drift_is_held_with_the_runs_exception()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        world.Script.On = call => call.Operation == "enable" ? Behaviour.Fail(FailureKind.Rejected) : Behaviour.Obey;

        await world.MendAsync(await PlantAsync(world));

        var item = await world.DriftAsync();
        item.State.ShouldBe(DriftState.Held);
        item.Reason!.ShouldContain("t1/enable");
        var exception = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        (exception.Kind, exception.Target, exception.Run).ShouldBe(("group-failed", "t1", item.MendedBy));
    }

    [Fact]
    public async Task A_right_that_was_held_without_a_decision_does_not_survive_the_undoing_of_the_group_that_would_give_it()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1, "all: t1=group:All, t1=group:Late"));
        await world.CarryAsync(world.Hr("ada", 1));
        await world.ForgetGrantAsync("ada", "t1", "group:All");
        world.Tamper("t1", Ada, a => a with { Rights = ["group:All"] });
        world.Script.On = call => call is { Operation: "grant", Right: "group:Late" } ? Behaviour.Fail(FailureKind.Rejected) : Behaviour.Obey;

        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.ExtraGrant, "group:All"));

        world.Targets["t1"].Native[Ada].Rights.ShouldBeEmpty();
        (await world.ViewAsync("ada"))!.Grants.ShouldBeEmpty();
        (await world.DriftAsync()).State.ShouldBe(DriftState.Held);
    }

    [Fact]
    public async Task A_right_held_and_wanted_is_recorded_only_with_the_decision_that_allows_it_and_one_policy_denies_is_taken_away()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await world.ForgetGrantAsync("ada", "t1", "group:All");
        world.Tamper("t1", Ada, a => a with { Rights = ["group:All", "group:IT", "group:Root"] });
        var effects = world.Script.Effects.Count;

        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.ExtraGrant, "group:All"));

        world.Since(effects).ShouldBe(["t1 revoke group:Root"]);
        (await world.ViewAsync("ada"))!.Grants.Where(g => g.Target == "t1").ShouldAllBe(g => g.Decision.Length > 0 && g.Entitlement.Length > 0 && !g.InDoubt);
        (await world.DriftAsync()).State.ShouldBe(DriftState.Settled);
    }

    [Fact]
    public async Task A_right_that_is_given_together_with_one_elsewhere_that_is_lacking_too_is_given_with_it()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await world.ForgetGrantAsync("ada", "t2", "role:all");
        world.Tamper("t1", Ada, a => a with { Rights = ["group:IT"] });
        world.Tamper("t2", Ada, a => a with { Rights = [] });
        var effects = world.Script.Effects.Count;

        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.MissingGrant, "group:All"));

        world.Since(effects).ShouldBe(["t1 grant group:All", "t2 grant role:all"], ignoreOrder: true);
        (await world.DriftAsync()).State.ShouldBe(DriftState.Settled);
    }

    [Fact]
    public async Task A_lacking_right_whose_group_has_failed_elsewhere_is_not_given_alone_and_somebody_is_asked()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        world.Script.On = call => call is { Operation: "grant", Target: "t2" } ? Behaviour.Fail(FailureKind.Rejected) : Behaviour.Obey;
        await world.CarryAsync(world.Hr("ada", 1));
        world.Script.On = _ => Behaviour.Obey;
        var effects = world.Script.Effects.Count;

        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.MissingGrant, "group:All"));

        world.Since(effects).ShouldBeEmpty();
        var item = await world.DriftAsync();
        (item.State, item.Reason!.Contains("together", StringComparison.Ordinal)).ShouldBe((DriftState.Asked, true));
    }

    [Fact]
    public async Task A_plan_past_the_guard_is_held_and_gives_nothing()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        world.Tamper("t1", Ada, a => a with { Rights = [.. a.Rights, .. Enumerable.Range(0, 51).Select(n => $"group:Smuggled{n}")] });
        var effects = world.Script.Effects.Count;

        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.ExtraGrant));

        world.Since(effects).ShouldBeEmpty();
        var item = await world.DriftAsync();
        item.State.ShouldBe(DriftState.Held);
        item.Reason!.ShouldStartWith("guard: revoke on t1: 51 > 50");
        (await world.ExceptionsAsync()).ShouldHaveSingleItem().Kind.ShouldBe("guard");
        (await world.ViewAsync("ada"))!.Grants.Where(g => g.Target == "t1").Select(g => g.Name).ShouldBe(["group:All", "group:IT"], "nothing found is recorded as given");
    }

    [Fact]
    public async Task A_termination_that_comes_while_drift_is_being_mended_wins_and_the_drift_is_settled_behind_it()
    {
        var enabling = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource();
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        world.Targets["t1"].RemoveNatively(Ada);
        world.Script.On = call => call.Operation == "create" && enabling.TrySetResult() ? Behaviour.Hold(release.Task) : Behaviour.Obey;
        var item = await world.FindDriftAsync("ada", DriftKind.Missing);
        await world.Mesh.Remediation.RemediateAsync(DriftMessage.Of(item), None);
        await enabling.Task.WaitAsync(TimeSpan.FromSeconds(60));

        await world.Stores.Inbox.AcceptAsync([world.Leaver("ada", 2)], None);
        await world.Mesh.SweepOnceAsync(None);
        release.SetResult();
        var ended = await world.MendToTheEndAsync();

        world.Script.Calls.ShouldNotContain(c => c.Operation == "grant" && c.Occurrence > 1);
        world.Targets["t1"].Native.Values.ShouldAllBe(a => !a.Active && a.Rights.Count == 0 && a.Sessions == 0);
        (ended.State, ended.Attempt).ShouldBe((DriftState.Settled, 2));
        ended.Reason!.ShouldStartWith("gone by itself");
    }

    [Fact]
    public async Task Other_exceptions_of_the_identity_are_not_settled_by_a_run_that_looked_at_one_target_alone()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        world.Script.On = call => call is { Operation: "grant", Target: "t2" } ? Behaviour.Fail(FailureKind.Rejected) : Behaviour.Obey;
        await world.CarryAsync(world.Hr("ada", 1));
        world.Script.On = _ => Behaviour.Obey;
        var open = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        open.Target.ShouldBe("t2");

        await world.MendAsync(await PlantAsync(world));

        (await world.DriftAsync()).State.ShouldBe(DriftState.Settled);
        (await world.ExceptionsAsync()).ShouldHaveSingleItem().Id.ShouldBe(open.Id);
        world.Targets["t1"].Native[Ada].Rights.ShouldBe(["group:IT"], "half an entitlement is not given");
        world.Targets["t2"].Native[Ada].Rights.ShouldBeEmpty();
    }

    [Fact]
    public async Task Queued_drift_whose_message_was_lost_is_found_by_the_sweep_and_mended()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await PlantAsync(world);

        await world.Mesh.SweepOnceAsync(None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await world.DriftAsync()).State == DriftState.Queued)
        {
            await Task.WhenAny(world.Clock.WaitForTimerAsync(TimeSpan.FromDays(2), limit.Token), Task.Run(() => world.SettleAsync(limit.Token), limit.Token));
            limit.Token.ThrowIfCancellationRequested();
        }

        (await world.DriftAsync()).State.ShouldBe(DriftState.Settled);
    }

    [Fact]
    public async Task Drift_whose_run_did_not_come_to_its_end_is_held_by_the_sweep_with_what_became_of_it()
    {
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource();
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        world.Script.On = call => call.Operation == "enable" && reading.TrySetResult() ? Behaviour.Hold(release.Task) : Behaviour.Obey;
        await world.Mesh.Remediation.RemediateAsync(DriftMessage.Of(await PlantAsync(world)), None);
        await reading.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var run = (await world.DriftAsync()).MendedBy.ShouldNotBeNull();
        await world.Client.TerminateInstanceAsync(run, "stopped hard", None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await world.Client.WaitForInstanceCompletionAsync(run, limit.Token);

        await world.Mesh.SweepOnceAsync(None);

        var item = await world.DriftAsync();
        item.State.ShouldBe(DriftState.Held);
        item.Reason!.ShouldContain(run);
        release.SetResult();
    }

    static async Task<DriftItem> PlantAsync(MeshWorld world)
    {
        world.Tamper("t1", Ada, a => a with { Active = false });
        return await world.FindDriftAsync("ada", DriftKind.Status);
    }

    static Task<Lane> LaneAsync(MeshWorld world) => world.Seen.Lanes.FindAsync(MeshWorld.IdOf("ada"), None);
}
