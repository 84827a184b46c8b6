using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>What a comparison has mended: a few first and proven, then the others, and never more than was found.</summary>
public sealed class MendingTests
{
    const int Drifted = 9;
    const int First = 3;

    static readonly ReconcileConfiguration Generous = new()
    {
        Canary = First,
        LeastRead = 1,
        Guards = Enum.GetValues<DriftKind>().ToDictionary(kind => kind, _ => new GuardConfiguration(100, 1000, 0)),
    };

    [Fact]
    public async Task The_first_are_mended_and_read_back_before_the_others_follow()
    {
        await using var world = await DisabledAsync();
        var before = world.World.Script.Effects.Count;
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Completed, report.Reason);
        await world.SettleAsync();
        (await world.OpenAsync()).ShouldBeEmpty();
        Enumerable.Range(0, Drifted).ShouldAllBe(person => world.Target().Native[Key(person)].Active);
        var enabled = world.World.Script.Effects.Skip(before).Where(e => e.Operation == "enable").Select(e => e.Mark).ToList();
        enabled.Count.ShouldBe(Drifted);
        var order = Enumerable.Range(0, Drifted).Select(Id).Order(StringComparer.Ordinal).ToList();
        enabled.Take(First).ShouldBe(order.Take(First), ignoreOrder: true);
    }

    [Fact]
    public async Task When_one_of_the_first_is_not_mended_nothing_follows_and_operators_are_told()
    {
        await using var world = await DisabledAsync();
        world.World.Script.On = call => call.Operation == "enable" ? Behaviour.Fail(FailureKind.Rejected) : Behaviour.Obey;
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Held);
        report.Reason!.ShouldContain("is not mended");
        world.World.Script.Calls.Where(c => c.Operation == "enable").Select(c => c.Mark).Distinct().Count().ShouldBeLessThanOrEqualTo(First);
        (await world.OpenAsync()).Count(item => item.State == DriftState.Held && item.Reason!.StartsWith("the first items were not mended", StringComparison.Ordinal))
            .ShouldBe(Drifted - First);
        (await world.World.ExceptionsAsync()).ShouldContain(e => e.Kind == "reconciliation");
        await world.SettleAsync();

        // Once it can be mended, and what failed is settled, the next comparison goes through.
        world.World.Script.On = _ => Behaviour.Obey;
        foreach (var exception in (await world.World.ExceptionsAsync()).Where(e => e.IdentityId is not null))
        {
            await world.Stores.Exceptions.SettleAsync(exception.IdentityId, exception.Id, "by hand", CancellationToken.None);
        }

        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        await world.SettleAsync();
        Enumerable.Range(0, Drifted).ShouldAllBe(person => world.Target().Native[Key(person)].Active);
        (await world.World.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_waits_for_a_person_is_none_of_the_first()
    {
        await using var world = await DisabledAsync();
        var now = world.World.Clock.GetUtcNow();
        foreach (var identity in Enumerable.Range(0, Drifted).Select(Id).Order(StringComparer.Ordinal).Take(First))
        {
            var finding = new DriftFinding(DriftKind.Status, string.Empty, "active", "disabled", now - TimeSpan.FromDays(1), now - TimeSpan.FromDays(1));
            await world.Stores.Drifts.OpenAsync(
                new DriftItem { Target = Everyone, IdentityId = identity, Findings = [finding], OpenedAt = now, FoundBy = "before" }, DriftState.Asked, CancellationToken.None);
        }

        world.World.Script.On = call => call.Operation == "enable" ? Behaviour.Fail(FailureKind.Rejected) : Behaviour.Obey;
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Held);
        world.World.Script.Calls.Where(c => c.Operation == "enable").Select(c => c.Mark).Distinct().Count().ShouldBeInRange(1, First);
    }

    [Fact]
    public async Task When_the_first_are_not_mended_in_time_nothing_follows()
    {
        await using var world = await DisabledAsync();
        world.Mends = false;
        var released = new TaskCompletionSource();
        world.World.Script.On = call => call.Operation == "enable" ? Behaviour.Hold(released.Task) : Behaviour.Obey;
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Held);
        report.Reason!.ShouldContain("are not mended after 30 minutes");
        released.SetResult();
        await world.SettleAsync();
        Enumerable.Range(0, Drifted).Count(person => world.Target().Native[Key(person)].Active).ShouldBe(First);
    }

    [Fact]
    public async Task What_can_be_mended_is_mended_and_the_rest_is_asked_about()
    {
        for (var seed = Sweep.Seed(1); seed < Sweep.Seed(1) + Sweep.Pick(2, 40); seed++)
        {
            await MendAsync(seed);
        }
    }

    static async Task MendAsync(int seed)
    {
        await using var world = new ComparedWorld(Generous);
        await world.HireAsync(24);
        foreach (var person in new[] { 3, 7, 11 })
        {
            await world.World.CarryAsync(world.World.Leaver(Name(person), 2));
        }

        await world.World.CarryAsync(world.World.Hr(Name(4), 2, "Sales"));
        await world.World.EndRunsAsync();
        var before = world.World.Targets.ToDictionary(t => t.Key, t => t.Value.Native);
        var planting = new Planting(world, new Random(seed));
        await planting.PlantAsync();
        var planted = world.World.Targets.ToDictionary(t => t.Key, t => t.Value.Native);
        foreach (var target in new[] { Everyone, Some })
        {
            var report = await world.CompareAsync(target);
            report.Outcome.ShouldBe(ReconciliationOutcome.Completed, $"seed {seed}, {target}: {report.Reason}");
            (await world.FoundAsync(target)).ShouldBe(planting.Expected(target), $"seed {seed}, {target}");
            await world.SettleAsync();
            await world.World.EndRunsAsync();
        }

        foreach (var target in new[] { Everyone, Some })
        {
            await world.CompareAsync(target);
            (await world.FoundAsync(target)).ShouldBe(planting.ForPeople(target), $"seed {seed}, {target}: a second comparison finds what people decide, and nothing else");
            (await world.OpenAsync(target)).ShouldAllBe(item => item.State == DriftState.Asked);
            foreach (var (key, account) in world.Target(target).Native)
            {
                var wanted = planting.IsForPeople(target, key) ? planted[target][key] : before[target].GetValueOrDefault(key) ?? planted[target][key];
                account.ShownWhole().ShouldBe(wanted.ShownWhole(), $"seed {seed}, {target}, {key}");
            }
        }

        (await world.World.ExceptionsAsync()).ShouldBeEmpty($"seed {seed}");
    }

    static async Task<ComparedWorld> DisabledAsync()
    {
        var world = new ComparedWorld(Generous);
        await world.HireAsync(12);
        foreach (var person in Enumerable.Range(0, Drifted))
        {
            world.Change(person, a => a with { Active = false });
        }

        return world;
    }
}
