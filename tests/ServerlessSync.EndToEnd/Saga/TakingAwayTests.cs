using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>What must end does end, whatever stands in its way.</summary>
public sealed class TakingAwayTests
{
    static readonly string Id = MeshWorld.IdOf("ada");

    [Fact]
    public async Task A_revocation_the_target_answered_but_did_not_do_is_planned_anew_by_the_next_event()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1, "it: t1=group:IT ? department=IT", "hr: t1=group:HR ? department=HR"));
        await world.CarryAsync(world.Hr("ada", 1, "IT"));
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Script.On = call =>
        {
            if (call.Operation == "readGrants" && world.Script.Effects.Any(e => e.Operation == "revoke"))
            {
                // The service says yes and keeps the right.
                var account = world.Targets["t1"].Native["ada@example.com"];
                world.Targets["t1"].PutNatively("ada@example.com", account with { Rights = [.. account.Rights.Append("group:IT").Distinct().Order(StringComparer.Ordinal)] });
                answered.TrySetResult();
            }

            return Behaviour.Obey;
        };
        await world.Stores.Inbox.AcceptAsync([world.Hr("ada", 2, "HR")], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await world.MoveUntilAsync(answered.Task, limit.Token);

        world.Script.On = _ => Behaviour.Obey;
        await world.CarryAsync(world.Hr("ada", 3, "HR"));
        world.Targets["t1"].Native["ada@example.com"].Rights.ShouldBe(["group:HR"]);
    }

    [Fact]
    public async Task A_leaver_that_was_stopped_hard_in_the_midst_is_begun_anew_and_ends_what_it_left()
    {
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1, "all: t1=group:All"), call =>
        {
            if (call.Operation != "disable")
            {
                return Behaviour.Obey;
            }

            tried.TrySetResult();
            return Behaviour.Fail(FailureKind.Transient);
        });
        await world.CarryAsync(world.Hr("ada", 1));
        await world.Stores.Inbox.AcceptAsync([world.Leaver("ada", 2)], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);

        await tried.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await world.Client.TerminateInstanceAsync(Lanes.RunId(Id, 2), "drill", CancellationToken.None);
        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeTrue();

        world.Script.On = _ => Behaviour.Obey;
        await world.SettleAsync();
        (await world.Client.GetInstanceAsync(Lanes.RunId(Id, 2), CancellationToken.None))!.Status.ShouldBe(WorkflowStatus.Terminated);
        var account = world.Targets["t1"].Native["ada@example.com"];
        (account.Active, account.Sessions, account.Rights.Count).ShouldBe((false, 0, 0));
    }

    [Fact]
    public async Task The_guard_that_holds_everything_else_never_holds_a_leaver()
    {
        var configuration = MeshYaml.For(1, "all: t1=group:All");
        await using var world = await MeshWorld.StartAsync(configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await using var strict = new MeshWorld(
            configuration with { Guards = new Dictionary<string, GuardConfiguration> { ["default"] = new(0, 0, 0) } }, world.Rows, world.History);
        await world.StopAsync();
        foreach (var (key, account) in world.Targets["t1"].Native)
        {
            strict.Targets["t1"].PutNatively(key, account);
        }

        await strict.StartAsync();
        await strict.CarryAsync(strict.Hr("bob", 1));
        strict.Targets["t1"].Native.ContainsKey("bob@example.com").ShouldBeFalse();
        (await strict.ExceptionsAsync()).ShouldContain(e => e.Kind == "guard" && e.Reason.Contains('>'));

        await strict.CarryAsync(strict.Leaver("ada", 2));
        var gone = strict.Targets["t1"].Native["ada@example.com"];
        (gone.Active, gone.Sessions, gone.Rights.Count).ShouldBe((false, 0, 0));
    }

    [Fact]
    public async Task A_leaver_with_an_account_on_a_target_that_left_the_configuration_is_somebodys_exception()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(2, "all: t1=group:All, t2=role:all"));
        await world.CarryAsync(world.Hr("ada", 1));
        await world.StopAsync();
        await using var smaller = new MeshWorld(MeshYaml.For(1, "all: t1=group:All"), world.Rows, world.History);
        foreach (var (key, account) in world.Targets["t1"].Native)
        {
            smaller.Targets["t1"].PutNatively(key, account);
        }

        await smaller.StartAsync();
        await smaller.CarryAsync(smaller.Leaver("ada", 2));
        smaller.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();
        (await smaller.ExceptionsAsync()).ShouldContain(e => e.Kind == "out-of-reach" && e.Reason.Contains("t2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_termination_of_somebody_nobody_knows_is_somebodys_exception()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(world.Leaver("typo", 1));
        (await world.ExceptionsAsync()).Select(e => e.Kind).ShouldBe(["out-of-reach"]);
    }

    [Fact]
    public async Task An_event_without_a_sequence_that_is_older_than_the_last_changes_nothing()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1, "all: t1=group:All"));
        await world.CarryAsync(world.Hr("ada", 1) with { Sequence = null });
        var late = world.Hr("ada", 9) with { Sequence = null, OccurredAt = world.Clock.GetUtcNow() - TimeSpan.FromMinutes(1) };
        await world.CarryAsync(world.Leaver("ada", 2) with { Sequence = null });
        await world.CarryAsync(late);
        (await world.ViewAsync("ada"))!.Record.Status.ShouldBe(IdentityStatus.Terminated);
    }
}
