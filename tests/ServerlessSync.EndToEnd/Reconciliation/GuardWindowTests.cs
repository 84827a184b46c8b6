using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>What comparisons let through is counted over a day: damage that comes in slices is held like damage that comes at once.</summary>
public sealed class GuardWindowTests
{
    const string ThirdOfADay = "status on t1 in 24 hours, 2 of them let through before: 3 of 24 > 10%";

    static readonly ReconcileConfiguration TwoOf24 = new()
    {
        Guards = new Dictionary<DriftKind, GuardConfiguration> { [DriftKind.Status] = new(Percent: 10, Count: 50, MinimumPopulation: 20) },
    };

    [Fact]
    public async Task Many_small_comparisons_let_no_more_through_in_a_day_than_one_large_one()
    {
        await using var world = await StartAsync();
        await MendAsync(world, 0);
        await MendAsync(world, 1);
        var held = await DisableAndCompareAsync(world, 2);
        (held.Outcome, held.Reason).ShouldBe((ReconciliationOutcome.Held, ThirdOfADay));
        (await world.OpenAsync()).ShouldHaveSingleItem().Reason.ShouldBe($"guard: {ThirdOfADay}");
        world.Target().Native[Key(2)].Active.ShouldBeFalse();

        world.World.Clock.Advance(TimeSpan.FromHours(23));
        (await world.CompareAsync()).Reason.ShouldBe(ThirdOfADay);
        world.World.Clock.Advance(TimeSpan.FromHours(1));
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        await world.SettleAsync();
        world.Target().Native[Key(2)].Active.ShouldBeTrue();
    }

    [Fact]
    public async Task A_number_is_counted_over_the_day_as_a_share_is()
    {
        var one = new Dictionary<DriftKind, GuardConfiguration> { [DriftKind.Status] = new(Percent: 100, Count: 1, MinimumPopulation: 20) };
        await using var world = await StartAsync(new ReconcileConfiguration { Guards = one });
        await MendAsync(world, 0);
        (await DisableAndCompareAsync(world, 1)).Reason.ShouldBe("status on t1 in 24 hours, 1 of them let through before: 2 > 1");
    }

    [Fact]
    public async Task What_is_let_through_again_under_the_same_opening_counts_once()
    {
        await using var world = await StartAsync();
        world.World.Script.On = call => call is { Target: Everyone, Operation: "enable" } ? Behaviour.Fail(Connectors.FailureKind.Rejected) : Behaviour.Obey;
        for (var time = 0; time < 3; time++)
        {
            world.Change(0, a => a with { Active = false });
            (await DisableAndCompareAsync(world, 1)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
            await world.SettleAsync();
            (await world.OpenAsync()).ShouldAllBe(item => item.State == DriftState.Held && item.Opening == 1 && item.Attempt == time + 1);
            foreach (var exception in await world.World.ExceptionsAsync())
            {
                await world.Stores.Exceptions.SettleAsync(exception.IdentityId, exception.Id, "tried again", CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task An_account_that_drifts_again_and_again_counts_once_and_keeps_nobody_else_from_being_mended()
    {
        await using var world = await StartAsync();
        for (var time = 0; time < 4; time++)
        {
            await MendAsync(world, 0);
        }

        await MendAsync(world, 1);
    }

    [Fact]
    public async Task A_plan_that_is_only_made_counts_nothing_and_one_that_is_approved_counts_and_passes_the_same_guard()
    {
        await using var world = await StartAsync();
        world.Change(0, a => a with { Active = false });
        world.Change(1, a => a with { Active = false });
        await world.CompareAsync(dryRun: true);
        var plan = await world.CompareAsync(dryRun: true);
        (await world.CompareAsync(hash: plan.PlanHash)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        await world.SettleAsync();
        world.Change(2, a => a with { Active = false });
        var more = await world.CompareAsync(dryRun: true);
        (more.Outcome, more.Reason).ShouldBe((ReconciliationOutcome.Held, ThirdOfADay));
        (await world.CompareAsync(hash: more.PlanHash)).Reason.ShouldBe(ThirdOfADay);
        world.Target().Native[Key(2)].Active.ShouldBeFalse();
    }

    [Fact]
    public async Task What_waits_for_its_window_is_counted_when_the_guard_lets_it_through()
    {
        // The clock stands on a Monday at nine.
        var window = new MaintenanceWindow(new HashSet<DayOfWeek> { DayOfWeek.Monday }, new TimeOnly(22, 0), new TimeOnly(2, 0));
        await using var world = await StartAsync(TwoOf24 with { Windows = [window] });
        await DisableAndCompareAsync(world, 0);
        await DisableAndCompareAsync(world, 1);
        (await DisableAndCompareAsync(world, 2)).Reason.ShouldBe(ThirdOfADay);
        (await world.OpenAsync()).ShouldAllBe(item => item.Reason == $"guard: {ThirdOfADay}");
    }

    static async Task<ComparedWorld> StartAsync(ReconcileConfiguration? reconcile = null)
    {
        var world = new ComparedWorld(reconcile ?? TwoOf24);
        await world.HireAsync(24);
        return world;
    }

    static Task<ReconcileReport> DisableAndCompareAsync(ComparedWorld world, int person)
    {
        world.Change(person, a => a with { Active = false });
        return world.CompareAsync();
    }

    static async Task MendAsync(ComparedWorld world, int person)
    {
        var report = await DisableAndCompareAsync(world, person);
        report.Outcome.ShouldBe(ReconciliationOutcome.Completed, report.Reason);
        await world.SettleAsync();
        world.Target().Native[Key(person)].Active.ShouldBeTrue();
    }
}
