using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>What keeps drift from being mended: the guard, a window, an open exception, an identity at work, a target that is only observed.</summary>
public sealed class HeldBackTests
{
    [Fact]
    public async Task More_of_a_kind_than_the_guard_lets_through_is_held_with_its_arithmetic_and_operators_are_told()
    {
        var limits = new Dictionary<DriftKind, GuardConfiguration> { [DriftKind.Status] = new(Percent: 10, Count: 50, MinimumPopulation: 20) };
        await using var world = new ComparedWorld(new ReconcileConfiguration { Guards = limits });
        await world.HireAsync(24);
        foreach (var person in Enumerable.Range(0, 3))
        {
            world.Change(person, a => a with { Active = false });
        }

        world.Change(10, a => a.Plus("group:Odd"));
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Held);
        report.Reason.ShouldBe("status on t1 in 24 hours: 3 of 24 > 10%");
        var held = (await world.OpenAsync()).Where(item => item.State == DriftState.Held).ToList();
        held.Select(item => item.IdentityId).ShouldBe(Enumerable.Range(0, 3).Select(Id), ignoreOrder: true);
        held.ShouldAllBe(item => item.Reason == "guard: status on t1 in 24 hours: 3 of 24 > 10%");
        (await world.World.ExceptionsAsync()).ShouldHaveSingleItem().Reason.ShouldContain("3 of 24");
        Enumerable.Range(0, 3).ShouldAllBe(person => !world.Target().Native[Key(person)].Active);
    }

    [Fact]
    public async Task One_less_than_that_is_mended()
    {
        var limits = new Dictionary<DriftKind, GuardConfiguration> { [DriftKind.Status] = new(Percent: 10, Count: 50, MinimumPopulation: 20) };
        await using var world = new ComparedWorld(new ReconcileConfiguration { Guards = limits });
        await world.HireAsync(24);
        world.Change(0, a => a with { Active = false });
        world.Change(1, a => a with { Active = false });
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.LastAsync()).Items.ShouldBe(new Dictionary<DriftState, int> { [DriftState.Queued] = 2 });
    }

    [Fact]
    public async Task Outside_its_windows_drift_waits_and_inside_them_it_is_mended()
    {
        // The clock stands on a Monday at nine.
        var window = new MaintenanceWindow(new HashSet<DayOfWeek> { DayOfWeek.Monday }, new TimeOnly(22, 0), new TimeOnly(2, 0));
        await using var world = new ComparedWorld(new ReconcileConfiguration { Windows = [window] });
        await world.HireAsync(3);
        world.Change(0, a => a with { Active = false });
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        var waiting = (await world.OpenAsync()).ShouldHaveSingleItem();
        (waiting.State, waiting.Reason).ShouldBe((DriftState.Held, "outside the maintenance windows"));
        world.World.Clock.Advance(TimeSpan.FromHours(14));
        await world.CompareAsync();
        (await world.LastAsync()).Items.ShouldBe(new Dictionary<DriftState, int> { [DriftState.Queued] = 1 });
    }

    [Fact]
    public async Task Accounts_of_others_do_not_make_the_share_of_ours_smaller()
    {
        var limits = new Dictionary<DriftKind, GuardConfiguration> { [DriftKind.Status] = new(Percent: 10, Count: 50, MinimumPopulation: 20) };
        await using var world = new ComparedWorld(new ReconcileConfiguration { Guards = limits });
        await world.HireAsync(24);
        foreach (var person in Enumerable.Range(0, 3))
        {
            world.Change(person, a => a with { Active = false });
        }

        foreach (var foreign in Enumerable.Range(0, 40))
        {
            world.Target().PutNatively(FormattableString.Invariant($"zz{foreign}"), Native.Unmarked);
        }

        (await world.CompareAsync()).Reason.ShouldBe("status on t1 in 24 hours: 3 of 24 > 10%");
    }

    [Fact]
    public async Task An_account_that_the_target_will_not_show_holds_up_nobody_else()
    {
        await using var world = new ComparedWorld();
        await world.HireAsync(6);
        world.Change(0, a => a with { Active = false });
        world.Change(1, a => a with { Active = false });
        world.World.Script.On = call => call is { Target: Everyone, Operation: "find" } && call.Mark == Key(0)
            ? Behaviour.Fail(Connectors.FailureKind.Rejected) : Behaviour.Obey;
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Completed, report.Reason);
        (await world.LastAsync()).Unreadable.ShouldBe(1);
        report.Reason.ShouldBe("1 could not be read");
        await world.SettleAsync();
        world.Target().Native[Key(1)].Active.ShouldBeTrue();
    }

    [Theory]
    [InlineData(5, 10, false)]
    [InlineData(6, 10, true)]
    [InlineData(6, 31, false)]
    public async Task A_target_that_will_not_show_many_of_the_accounts_looked_at_again_ends_the_comparison(int refused, int drifted, bool ends)
    {
        await using var world = new ComparedWorld(OnlyReported);
        await world.HireAsync(33);
        foreach (var person in Enumerable.Range(0, drifted))
        {
            world.Change(person, a => a with { Active = false });
        }

        var hidden = Enumerable.Range(0, refused).Select(Key).ToHashSet();
        world.World.Script.On = call => call is { Target: Everyone, Operation: "find" } && hidden.Contains(call.Mark)
            ? Behaviour.Fail(Connectors.FailureKind.Rejected) : Behaviour.Obey;
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ends ? ReconciliationOutcome.Abandoned : ReconciliationOutcome.Completed);
        report.Reason.ShouldBe(ends ? $"the target refused to show {refused} of the {drifted} accounts that were looked at again" : $"{refused} could not be read");
        (await world.OpenAsync()).Count.ShouldBe(ends ? 0 : drifted - refused);
    }

    [Fact]
    public async Task Nothing_follows_a_first_item_that_was_not_mended_though_the_rest_of_it_is_for_people()
    {
        await using var world = new ComparedWorld(new ReconcileConfiguration { Canary = 1 });
        await world.HireAsync(3);
        var first = Enumerable.Range(0, 3).MinBy(Id, StringComparer.Ordinal);
        foreach (var person in Enumerable.Range(0, 3))
        {
            world.Change(person, a => a with { Active = false, Credentials = [new Connectors.TargetCredential(Key(person), "key-1", "f1", null)] });
        }

        // Found ours, and somebody else's when it is mended.
        var looked = 0;
        world.World.Script.On = call =>
        {
            if (call is { Target: Everyone, Operation: "find" } && call.Mark == Key(first) && ++looked == 2)
            {
                world.Change(first, a => a with { Mark = "somebody-else" });
            }

            return Behaviour.Obey;
        };
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Held);
        report.Reason!.ShouldStartWith($"{Id(first)} is not mended");
        Enumerable.Range(0, 3).ShouldAllBe(person => !world.Target().Native[Key(person)].Active);
    }

    [Fact]
    public async Task An_open_exception_of_the_identity_on_the_target_holds_its_drift()
    {
        await using var world = new ComparedWorld();
        await world.HireAsync(3);
        var now = world.World.Clock.GetUtcNow();
        await world.Stores.Exceptions.OpenAsync(
            new ExceptionItem($"{Id(0)}:x", "group-failed", Id(0), Everyone, null, "team", "why", now, now.AddDays(1)), CancellationToken.None);
        await world.Stores.Exceptions.OpenAsync(
            new ExceptionItem($"{Id(1)}:x", "group-failed", Id(1), Some, null, "team", "why", now, now.AddDays(1)), CancellationToken.None);
        world.Change(0, a => a with { Active = false });
        world.Change(1, a => a with { Active = false });
        await world.CompareAsync();
        (await world.LastAsync()).Items.ShouldBe(new Dictionary<DriftState, int> { [DriftState.Held] = 1, [DriftState.Queued] = 1 }, ignoreOrder: true);
        (await world.Stores.Drifts.FindAsync(Everyone, Id(0), CancellationToken.None))!.Reason!.ShouldContain("is open");
    }

    [Fact]
    public async Task An_identity_with_a_run_at_work_is_left_out_looked_at_again_and_then_reported_as_in_flight()
    {
        await using var world = new ComparedWorld();
        await world.HireAsync(3);
        world.Change(0, a => a with { Active = false });

        // Their run waits for the other target, and goes on when it is told to.
        var released = new TaskCompletionSource();
        world.World.Script.On = call => call is { Target: Some, Operation: "update" } && call.Mark == Id(0) ? Behaviour.Hold(released.Task) : Behaviour.Obey;
        await world.World.Stores.Inbox.AcceptAsync([world.World.Hr(Name(0), 2, "Finance") with { Data = Renamed(world) }], CancellationToken.None);
        await world.World.Mesh.SweepOnceAsync(CancellationToken.None);
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.LastAsync()).InFlight.ShouldBe(1);
        (await world.OpenAsync()).ShouldBeEmpty();
        released.SetResult();
        await world.World.SettleAsync();
        await world.World.EndRunsAsync();
        await world.CompareAsync();
        (await world.LastAsync()).InFlight.ShouldBe(0);
        (await world.LastAsync()).Found.ShouldBe(new Dictionary<DriftKind, int> { [DriftKind.Status] = 1 });
    }

    [Fact]
    public async Task A_target_that_is_only_observed_is_compared_and_left_as_it_is()
    {
        await using var world = new ComparedWorld(stage: TargetStage.Observe);
        await world.HireAsync(3);
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.FoundAsync()).ShouldBe(Enumerable.Range(0, 3).Select(person => Line(Id(person), DriftKind.Missing)), ignoreOrder: true);
        (await world.OpenAsync()).ShouldAllBe(item => item.State == DriftState.Reported && item.Reason == "the target is only observed");
        world.World.Script.Effects.ShouldBeEmpty();
    }

    static Dictionary<string, string> Renamed(ComparedWorld world) =>
        new(world.World.Hr(Name(0), 2, "Finance").Data) { ["displayName"] = "Another Name" };
}
