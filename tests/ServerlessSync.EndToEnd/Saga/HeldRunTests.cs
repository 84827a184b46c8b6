using System.Text;
using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>Runs that the engine cannot take up: an owner is told, others go on, no termination waits.</summary>
public sealed class HeldRunTests
{
    static readonly MeshConfiguration Configuration = MeshYaml.For(2, "all: t1=group:All, t2=role:all");
    static readonly string Ada = MeshWorld.IdOf("ada");
    static readonly string Run = Lanes.RunId(Ada, 1);

    readonly DamagingHistory _history = new(new MemoryWorkflowHistory(TimeProvider.System));

    [Fact]
    public async Task A_run_whose_history_is_damaged_is_owned_once_others_go_on_and_it_ends_when_restored()
    {
        await using var world = await BegunAsync();
        _history.Damage(Run);
        await world.StartAsync();
        await HeldAsync(world, "DamagedHistory");
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        var exception = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        (exception.Kind, exception.Owner, exception.Run).ShouldBe(("run-held", "identity-team", Run));
        exception.Reason.ShouldContain($"The events of '{Run}' are damaged.");
        await GoesOnAsync(world, "bob");

        _history.Mend(Run);
        await world.StopAsync();
        await world.StartAsync();
        await world.SettleAsync();
        world.Targets.Values.ShouldAllBe(t => t.Native["ada@example.com"].Rights.Count == 1);
        (await world.ExceptionsAsync()).ShouldBeEmpty();
        (await Trail.GreenAsync(world.Rows, Ada)).ShouldBe(new Dictionary<string, bool> { [Run] = true });
    }

    [Fact]
    public async Task A_run_of_a_version_this_build_lacks_waits_with_an_owner_and_goes_on_when_it_is_back()
    {
        await using var world = await BegunAsync();
        _history.Change(Run, stored => stored with { Instance = stored.Instance with { Version = "0" } });
        await world.StartAsync();
        await HeldAsync(world, "MissingVersion");
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        (await world.ExceptionsAsync()).ShouldHaveSingleItem().Reason.ShouldContain("no version '0' of workflow 'change'");
        await GoesOnAsync(world, "bob");

        _history.Mend(Run);
        await world.StopAsync();
        await world.StartAsync();
        await world.SettleAsync();
        (await world.ExceptionsAsync()).ShouldBeEmpty();
        (await Trail.GreenAsync(world.Rows, Ada))[Run].ShouldBeTrue();
    }

    [Fact]
    public async Task A_build_that_does_other_steps_fails_the_run_names_the_step_and_takes_the_person_up_again()
    {
        await using var world = await BegunAsync();
        _history.Change(Run, stored => stored with { Events = [.. stored.Events.Select(Renamed)] });
        await world.StartAsync();
        var failed = await world.Client.WaitForInstanceCompletionAsync(Run, CancellationToken.None);
        (failed.Status, failed.Failure!.ErrorType).ShouldBe((WorkflowStatus.Failed, "NonDeterministic"));
        failed.Failure.ErrorMessage.ShouldContain("step 2 of its history: expected activity 'design' (task 0) as in history, but the code does activity 'prepare' (task 0)");
        await world.SettleAsync();

        var exception = (await world.ExceptionsAsync()).Where(e => e.Kind == "run-failed").ShouldHaveSingleItem();
        (exception.Owner, exception.Run).ShouldBe(("identity-team", Run));
        exception.Reason.ShouldContain("expected activity 'design'");
        world.Targets.Values.ShouldAllBe(t => t.Native["ada@example.com"].Rights.Count == 1);
    }

    [Fact]
    public async Task A_termination_does_not_wait_behind_a_held_run_which_does_nothing_when_it_comes_back()
    {
        await using var world = await BegunAsync();
        _history.Damage(Run);
        await world.StartAsync();
        await HeldAsync(world, "DamagedHistory");
        await world.CarryAsync(world.Leaver("ada", 2));
        await SettledLaneAsync(world);
        world.Targets.Values.SelectMany(t => t.Native.Values).ShouldAllBe(a => !a.Active && a.Rights.Count == 0);
        (await world.ViewAsync("ada"))!.Record.Status.ShouldBe(IdentityStatus.Terminated);

        await world.CarryAsync(world.Hr("ada", 3));
        var effects = world.Script.Effects.Count;
        _history.Mend(Run);
        await world.StopAsync();
        await world.StartAsync();
        await world.MoveUntilAsync(world.Client.WaitForInstanceCompletionAsync(Run, CancellationToken.None), CancellationToken.None);
        await world.SettleAsync();
        world.Script.Effects.Count.ShouldBe(effects);
        world.Targets.Values.ShouldAllBe(t => t.Native["ada@example.com"].Active && t.Native["ada@example.com"].Rights.Count == 1);
        (await world.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_leaver_that_is_held_is_begun_anew_by_another_run_and_ends_nothing_after_the_person_has_returned()
    {
        await using var world = await BegunAsync();
        await world.StartAsync();
        await world.SettleAsync();
        world.Script.On = _ => Behaviour.Fail(FailureKind.Transient);
        await BeginAsync(world, world.Leaver("ada", 2));
        await world.StopAsync();
        _history.Damage(Lanes.RunId(Ada, 2));
        world.Script.On = _ => Behaviour.Obey;
        await world.StartAsync();
        await world.SettleAsync();
        world.Targets.Values.SelectMany(t => t.Native.Values).ShouldAllBe(a => !a.Active && a.Rights.Count == 0);
        (await world.ExceptionsAsync()).Select(e => e.Kind).ShouldBe(["run-held"]);

        await world.CarryAsync(world.Hr("ada", 3));
        _history.Mend(Lanes.RunId(Ada, 2));
        await world.StopAsync();
        await world.StartAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await world.MoveUntilAsync(world.Client.WaitForInstanceCompletionAsync(Lanes.RunId(Ada, 2), limit.Token), limit.Token);
        await world.SettleAsync();
        world.Targets.Values.ShouldAllBe(t => t.Native["ada@example.com"].Active && t.Native["ada@example.com"].Rights.Count == 1);
        (await world.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_in_flight_keeps_the_plan_and_the_configuration_it_began_with()
    {
        await using var world = await BegunAsync();
        var changed = MeshYaml.For(2, "all: t1=group:All, t2=role:all", "more: t1=group:More");
        world.Configuration = changed;
        await world.StartAsync();
        await world.SettleAsync();
        world.Targets["t1"].Native["ada@example.com"].Rights.ShouldBe(["group:All"]);
        await world.CarryAsync(world.Hr("ada", 2));
        world.Targets["t1"].Native["ada@example.com"].Rights.Order(StringComparer.Ordinal).ShouldBe(["group:All", "group:More"]);

        var planned = (await Trail.ReadAsync(world.Rows, Ada)).Where(e => e.Entry.Kind == AuditKind.Planned).Select(e => (string?)e.Content["configuration"]);
        planned.ShouldBe([Configuration.Hash, changed.Hash]);
        changed.Hash.ShouldNotBe(Configuration.Hash);
    }

    /// <summary>A stopped world in which a joiner waits for its next attempt at t2.</summary>
    async Task<MeshWorld> BegunAsync()
    {
        var world = new MeshWorld(Configuration, history: _history);
        await world.StartAsync();
        world.Script.On = call => call.Target == "t2" ? Behaviour.Fail(FailureKind.Transient) : Behaviour.Obey;
        await BeginAsync(world, world.Hr("ada", 1));
        await world.StopAsync();
        world.Script.On = _ => Behaviour.Obey;
        return world;
    }

    /// <summary>Accepts an event and waits until t2 was called for it.</summary>
    static async Task BeginAsync(MeshWorld world, ChangeEvent change)
    {
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var script = world.Script.On;
        world.Script.On = call =>
        {
            if (call.Target == "t2")
            {
                tried.TrySetResult();
            }

            return script(call);
        };
        await world.Stores.Inbox.AcceptAsync([change], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await tried.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    static async Task HeldAsync(MeshWorld world, string why)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await world.Client.GetInstanceAsync(Run, limit.Token) is not { Status: WorkflowStatus.Held })
        {
            await Task.Yield();
        }

        (await world.Client.GetInstanceAsync(Run, limit.Token))!.Failure!.ErrorType.ShouldBe(why);
    }

    static async Task GoesOnAsync(MeshWorld world, string employee)
    {
        await world.Stores.Inbox.AcceptAsync([world.Hr(employee, 1)], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await world.MoveUntilAsync(world.Client.WaitForInstanceCompletionAsync(Lanes.RunId(MeshWorld.IdOf(employee), 1), limit.Token), limit.Token);
        world.Targets.Values.ShouldAllBe(t => t.Native[$"{employee}@example.com"].Active);
    }

    static async Task SettledLaneAsync(MeshWorld world) =>
        (await world.Stores.Lanes.FindAsync(Ada, CancellationToken.None)).IsIdle.ShouldBeTrue();

    /// <summary>As a build would have stored it whose first step had another name.</summary>
    static ReadOnlyMemory<byte> Renamed(ReadOnlyMemory<byte> stored) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(stored.Span).Replace("\"n\":\"prepare\"", "\"n\":\"design\"", StringComparison.Ordinal));
}
