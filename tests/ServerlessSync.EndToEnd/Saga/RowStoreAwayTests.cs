using System.Text.Json.Nodes;
using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit.Crash;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>The row store is away while history and targets are there: a run that cannot know what stands decides nothing.</summary>
public sealed partial class RowStoreAwayTests
{
    static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
    static readonly string Id = MeshWorld.IdOf("ada");
    static readonly string Run = Lanes.RunId(Id, 1);

    static readonly MeshConfiguration Configuration = MeshYaml.For(
        2, "all: t1=group:All, t2=role:all", "it: t1=group:IT ? department=IT", "hr: t2=role:hr ? department=HR");

    readonly Absence _rows = new();

    [Fact]
    public async Task A_run_waits_hours_for_the_store_says_so_and_ends_as_if_nothing_had_been()
    {
        await using var world = await StartAsync();
        await GoAwayAtAsync(world, c => c is { Target: "t2", Operation: "grant" });
        await PassAsync(world, TimeSpan.FromMinutes(1));
        var calls = world.Script.Calls.Count;
        await PassAsync(world, TimeSpan.FromHours(6));
        var waiting = await world.History.GetAsync(Run, CancellationToken.None);
        waiting.ShouldNotBeNull().Status.ShouldBe(WorkflowStatus.Running);
        waiting.CustomStatus.ShouldNotBeNull().ShouldContain("waiting for the store");
        world.Script.Calls.Count.ShouldBe(calls);

        _rows.IsAway = false;
        await world.SettleAsync();
        await world.EndRunsAsync();
        world.Standing().ShouldBe(Lives.Joiner.Standing);
        (await world.ExceptionsAsync()).ShouldBeEmpty();
        (await Trail.GreenAsync(world.Rows, Id)).ShouldHaveSingleItem().Value.ShouldBeTrue();
        (await world.History.GetAsync(Run, CancellationToken.None))!.CustomStatus.ShouldNotBeNull().ShouldContain("applying");
    }

    [Fact]
    public async Task A_run_an_operator_stops_while_the_store_is_away_gives_nothing_more_and_is_undone_whole()
    {
        await using var world = await StartAsync();
        await GoAwayAtAsync(world, c => c.Operation == "create");
        await PassAsync(world, TimeSpan.FromMinutes(10));
        await world.Client.RaiseEventAsync(Run, WorkflowNames.StopEvent, null, CancellationToken.None);
        await PassAsync(world, TimeSpan.FromMinutes(10));

        _rows.IsAway = false;
        await world.SettleAsync();
        world.Script.Effects.ShouldNotContain(e => e.Operation == "grant");
        world.Targets.Values.ShouldAllBe(t => t.Native.Count == 0);
        (await world.ExceptionsAsync()).Select(e => e.Kind).Distinct().ShouldBe(["stopped"]);
    }

    [Fact]
    public async Task A_termination_recorded_once_the_store_is_back_does_not_wait_for_the_next_try_of_the_run_before()
    {
        await using var world = await StartAsync();
        await GoAwayAtAsync(world, c => c is { Target: "t2", Operation: "grant" });
        await PassAsync(world, TimeSpan.FromHours(6));
        await PassUntilFreshWaitAsync(world);

        // From here on the clock stands still until access is gone.
        _rows.IsAway = false;
        var disabled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Script.On = call =>
        {
            if (call.Operation == "disable")
            {
                disabled.TrySetResult();
            }

            return Behaviour.Obey;
        };
        await world.Stores.Inbox.AcceptAsync([world.Leaver("ada", 2)], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await disabled.Task.WaitAsync(Guard);
        await world.SettleAsync();

        // How far t1 had come when the store went away differs: an account there is disabled, or was undone with the run before.
        world.Targets.Values.SelectMany(t => t.Native.Values).ShouldAllBe(a => !a.Active);
        world.Standing().ShouldNotContain("group:");
    }

    [Fact]
    public async Task A_run_that_cannot_wait_on_is_begun_anew_and_somebodys_until_that_has_ended()
    {
        await using var world = await StartAsync();
        await GoAwayAtAsync(world, c => c is { Target: "t2", Operation: "grant" });
        using var limit = new CancellationTokenSource(Guard);
        await world.MoveUntilAsync(world.Client.WaitForInstanceCompletionAsync(Run, limit.Token), limit.Token);
        (await world.History.GetAsync(Run, CancellationToken.None))!.Failure.ShouldNotBeNull().ErrorMessage.ShouldContain("The store was away");
        world.Script.Effects.ShouldNotContain(e => e.Operation == "revoke" || e.Operation == "delete");

        _rows.IsAway = false;
        await world.SettleAsync();
        var owned = (await world.OpenedAsync(Id)).ShouldHaveSingleItem();
        (owned.Kind, owned.Owner, owned.Run).ShouldBe(("store-away", "identity-team", Lanes.RunId(Id, 1, repeats: 1)));
        owned.SettledAt.ShouldNotBeNull();
        world.Standing().ShouldBe(Lives.Joiner.Standing);
        (await world.Stores.Inbox.FindAsync(Inbox.KeyOf("hr", "ada-1"), CancellationToken.None))!.Status.ShouldBe(InboxStatus.Applied);
    }

    [Fact]
    public async Task A_group_that_failed_just_before_an_outage_no_run_could_wait_for_is_undone_whole_by_the_run_after()
    {
        using var given = new SemaphoreSlim(0);
        await using var world = await StartAsync();
        await GoAwayAtAsync(
            world,
            c => c is { Target: "t2", Operation: "grant" } && given.Wait(Guard),
            c =>
            {
                if (c is { Target: "t1", Operation: "readGrants" } && Has(world, "group:All"))
                {
                    given.Release();
                }

                return Refusing(c);
            });
        using var limit = new CancellationTokenSource(Guard);
        await world.MoveUntilAsync(world.Client.WaitForInstanceCompletionAsync(Run, limit.Token), limit.Token);
        Has(world, "group:All").ShouldBeTrue();

        _rows.IsAway = false;
        await world.SettleAsync();
        world.Standing().ShouldBe(Lives.Undone.Standing);
        (await world.ExceptionsAsync()).Select(e => e.Kind).ShouldBe(Lives.Undone.Exceptions);
    }

    [Fact]
    public async Task A_right_whose_undoing_failed_does_not_count_as_held_before_the_next_run()
    {
        await using var world = await MeshWorld.StartAsync(Configuration, call =>
            call is { Target: "t1", Operation: "revoke" } ? Behaviour.Fail(FailureKind.Rejected) : Refusing(call));
        await world.CarryAsync(world.Hr("ada", 1));
        world.Targets["t1"].Native["ada@example.com"].Rights.ShouldContain("group:All");
        (await world.ExceptionsAsync()).Select(e => e.Kind).ShouldContain("compensation-failed");

        world.Script.On = Refusing;
        await world.CarryAsync(world.Hr("ada", 2));
        world.Standing().ShouldBe(Lives.Undone.Standing);
    }

    [Fact]
    public async Task A_right_given_by_a_run_that_was_stopped_hard_before_it_could_record_it_is_known_to_the_next()
    {
        await using var world = await StartAsync();
        await GoAwayAtAsync(world, c => c is { Operation: "grant", Right: "group:IT" });
        await world.Client.TerminateInstanceAsync(Run, "drill", CancellationToken.None);
        _rows.IsAway = false;
        world.Script.On = _ => Behaviour.Obey;
        await world.SettleAsync();
        world.Targets["t1"].Native["ada@example.com"].Rights.ShouldContain("group:IT");

        await world.CarryAsync(world.Hr("ada", 2, "HR"));
        world.Standing().ShouldBe(Lives.Mover.Standing);
    }

    static bool Has(MeshWorld world, string right) => world.Targets["t1"].Native.Values.Any(a => a.Rights.Contains(right));

    static Behaviour Refusing(ScriptedCall call) => Lives.Undone.Script(call);

    Task<MeshWorld> StartAsync() => StartAsync(Configuration);

    async Task<MeshWorld> StartAsync(MeshConfiguration configuration)
    {
        var world = new MeshWorld(configuration, disruption: _rows) { DisruptsRowsOnly = true };
        await world.StartAsync();
        return world;
    }

    Task GoAwayAtAsync(MeshWorld world, Func<ScriptedCall, bool> fits, Func<ScriptedCall, Behaviour>? otherwise = null) =>
        GoAwayAtAsync(world, world.Hr("ada", 1), fits, otherwise);

    /// <summary>Begins a change whose row store goes away with the first call that fits: its effect comes about and cannot be recorded.</summary>
    async Task GoAwayAtAsync(MeshWorld world, ChangeEvent change, Func<ScriptedCall, bool> fits, Func<ScriptedCall, Behaviour>? otherwise = null)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Script.On = call =>
        {
            if (!gone.Task.IsCompleted && fits(call))
            {
                _rows.IsAway = true;
                gone.TrySetResult();
            }

            return otherwise?.Invoke(call) ?? Behaviour.Obey;
        };
        await world.Stores.Inbox.AcceptAsync([change], CancellationToken.None);
        using var limit = new CancellationTokenSource(Guard);
        await world.MoveUntilAsync(gone.Task, limit.Token);
    }

    /// <summary>Lets time pass until the run waits for a next try that is minutes away.</summary>
    static async Task PassUntilFreshWaitAsync(MeshWorld world)
    {
        var until = DateTimeOffset.MinValue;
        while (until < world.Clock.GetUtcNow() + TimeSpan.FromMinutes(5))
        {
            await PassAsync(world, TimeSpan.FromSeconds(30));
            var run = await world.History.GetAsync(Run, CancellationToken.None);
            until = JsonNode.Parse(run!.CustomStatus!)!["until"]!.GetValue<DateTimeOffset>();
        }
    }

    /// <summary>Lets time pass, from timer to timer.</summary>
    static async Task PassAsync(MeshWorld world, TimeSpan time)
    {
        using var limit = new CancellationTokenSource(Guard);
        var until = world.Clock.GetUtcNow() + time;
        while (world.Clock.GetUtcNow() < until)
        {
            await world.Clock.WaitForTimerAsync(TimeSpan.FromDays(2), limit.Token);
            if (world.Clock.NextTimer is { } next)
            {
                world.Clock.Advance(next - world.Clock.GetUtcNow());
            }
        }
    }
}
