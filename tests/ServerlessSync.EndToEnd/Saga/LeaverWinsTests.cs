using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

public sealed class LeaverWinsTests
{
    static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);
    readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Continuations run within the call that releases: the late effect has come about when that call goes on.
    readonly TaskCompletionSource _released = new();

    [Fact]
    public async Task A_grant_held_between_its_epoch_check_and_its_effect_is_found_and_removed_by_the_leavers_last_read()
    {
        await using var world = await StartAsync("grant", MeshYaml.For(1, "all: t1=group:All"));
        await JoinAndLeaveAsync(world);

        world.Script.Effects.Select(e => e.Operation).ShouldBe(["create", "disable", "revokeSessions", "grant", "revoke"]);
        world.Targets["t1"].Native["ada@example.com"].Rights.ShouldBeEmpty();
        (await world.ViewAsync("ada"))!.Grants.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_account_made_by_a_held_create_is_found_by_its_mark_and_disabled()
    {
        await using var world = await StartAsync("create", MeshYaml.For(1, "all: t1=group:All"));
        await JoinAndLeaveAsync(world);

        world.Script.Effects.Select(e => e.Operation).ShouldBe(["create", "disable", "revokeSessions"]);
        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();
    }

    [Fact]
    public async Task A_mover_overtaken_by_a_termination_gives_nothing_more_and_the_leaver_acts()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(2, "it: t1=group:IT, t2=role:it ? department=IT", "hr: t2=role:hr ? department=HR"));
        await world.CarryAsync(world.Hr("ada", 1));
        world.Script.On = call =>
        {
            if (call is { Operation: "grant", Right: "role:hr" })
            {
                _begun.TrySetResult();
                return Behaviour.Fail(FailureKind.Transient);
            }

            return Behaviour.Obey;
        };
        await world.Stores.Inbox.AcceptAsync([world.Hr("ada", 2, "HR")], CancellationToken.None);
        await _begun.Task;
        await world.Stores.Inbox.AcceptAsync([world.Leaver("ada", 3)], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await world.SettleAsync();

        world.Script.Calls.Count(c => c.Operation == "grant" && c.Right == "role:hr").ShouldBe(1);
        world.Targets.Values.SelectMany(t => t.Native.Values).ShouldAllBe(a => !a.Active && a.Rights.Count == 0 && a.Sessions == 0);
        var green = (await Trail.GreenAsync(world.Rows, MeshWorld.IdOf("ada"))).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Value);
        green.ShouldBe([true, false, true]);
    }

    [Fact]
    public async Task A_termination_that_comes_late_and_is_stale_does_not_cost_the_joiner_its_rights()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(2, "all: t1=group:All, t2=role:all"));
        await world.CarryAsync(world.Hr("ada", 3), world.Leaver("ada", 2));

        world.Targets["t1"].Native["ada@example.com"].Rights.ShouldBe(["group:All"]);
        world.Targets["t2"].Native["ada@example.com"].Rights.ShouldBe(["role:all"]);
        (await world.ViewAsync("ada"))!.Record.Status.ShouldBe(IdentityStatus.Active);
    }

    [Fact]
    public async Task A_termination_by_a_source_that_may_not_terminate_does_not_cost_the_joiner_its_rights()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1, "all: t1=group:All"));
        var intruder = world.Leaver("b7", 1) with { Source = "badge", Anchors = [new Anchor("hr", "ada")] };
        await world.CarryAsync(world.Hr("ada", 1), intruder);

        world.Targets["t1"].Native["ada@example.com"].Rights.ShouldBe(["group:All"]);
        (await world.ExceptionsAsync()).ShouldContain(e => e.Kind == "event-refused");
    }

    async Task<MeshWorld> StartAsync(string held, MeshConfiguration configuration)
    {
        var world = new MeshWorld(configuration) { AttemptLimit = Short };
        world.Script.On = call =>
        {
            if (call.Operation == held && call.Occurrence == 1)
            {
                _begun.TrySetResult();
                return Behaviour.Hold(_released.Task);
            }

            // Only the last read looks by the mark once the joiner's attempt has been made.
            if (call.Operation == "find" && call.Mark == MeshWorld.IdOf("ada") && world.Script.Calls.Any(c => c.Operation == held)
                && world.Stores.Lanes.FindAsync(MeshWorld.IdOf("ada"), CancellationToken.None) is { IsCompletedSuccessfully: true, Result.Next: 2 })
            {
                _released.TrySetResult();
            }

            return Behaviour.Obey;
        };
        await world.StartAsync();
        return world;
    }

    async Task JoinAndLeaveAsync(MeshWorld world)
    {
        await world.Stores.Inbox.AcceptAsync([world.Hr("ada", 1)], CancellationToken.None);
        await _begun.Task;
        await world.Stores.Inbox.AcceptAsync([world.Leaver("ada", 2)], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await world.SettleAsync();
        _released.TrySetResult();
    }
}
