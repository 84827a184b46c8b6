using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>Who is mended first: somebody who cannot be mended keeps nobody else from it for more than one comparison.</summary>
public sealed class FirstMendedTests
{
    const int People = 6;
    const int MoreThanAPlanMayTake = 51;

    static readonly ReconcileConfiguration OneFirst = new()
    {
        Canary = 1,
        LeastRead = 1,
        Guards = Enum.GetValues<DriftKind>().ToDictionary(kind => kind, _ => new GuardConfiguration(100, 1000, 0)),
    };

    static readonly int[] InOrder = [.. Enumerable.Range(0, People).OrderBy(Id, StringComparer.Ordinal)];

    [Fact]
    public async Task Whoever_was_not_mended_last_time_is_none_of_the_first()
    {
        await using var world = await DisabledAsync(InOrder[..^1]);
        world.World.Script.On = call => call is { Target: Everyone, Operation: "enable" } && call.Mark == Id(InOrder[0]) ? Behaviour.Fail(FailureKind.Rejected) : Behaviour.Obey;
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Held);
        await world.SettleAsync();
        await SettleExceptionsAsync(world);

        var report = await world.CompareAsync();
        await world.SettleAsync();

        report.Outcome.ShouldBe(ReconciliationOutcome.Completed, report.Reason);
        InOrder.Where(person => !world.Target().Native[Key(person)].Active).ShouldBe([InOrder[0]]);
        (await world.OpenAsync()).ShouldHaveSingleItem().Attempt.ShouldBe(2, "it is tried again behind the others");
    }

    [Fact]
    public async Task When_nobody_else_is_left_whoever_was_not_mended_last_time_is_tried_again()
    {
        await using var world = await DisabledAsync(InOrder[..2]);
        world.World.Script.On = call => call is { Target: Everyone, Operation: "enable" } ? Behaviour.Fail(FailureKind.Rejected) : Behaviour.Obey;
        await world.CompareAsync();
        await world.SettleAsync();
        await SettleExceptionsAsync(world);
        await world.CompareAsync();
        await world.SettleAsync();
        await SettleExceptionsAsync(world);
        world.World.Script.On = _ => Behaviour.Obey;

        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        await world.SettleAsync();

        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_has_left_and_can_still_act_comes_before_all_others()
    {
        var left = InOrder[^1];
        await using var world = await DisabledAsync(InOrder[..^1]);
        await world.World.CarryAsync(world.World.Leaver(Name(left), 2));
        await world.World.EndRunsAsync();
        world.Change(left, a => a with { Active = true });
        world.World.Script.On = call => call is { Target: Everyone, Operation: "enable" } ? Behaviour.Fail(FailureKind.Rejected) : Behaviour.Obey;

        await world.CompareAsync();
        await world.SettleAsync();

        world.Target().Native[Key(left)].Active.ShouldBeFalse();
    }

    [Fact]
    public async Task A_plan_that_is_refused_holds_its_drift_and_is_one_exception_however_often_it_is_compared()
    {
        await using var world = await DisabledAsync(InOrder[1..^1]);
        var smuggled = Enumerable.Range(0, MoreThanAPlanMayTake).Select(n => FormattableString.Invariant($"group:Smuggled{n}"));
        world.Change(InOrder[0], a => a with { Rights = [.. a.Rights, .. smuggled] });
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Held);
        await world.SettleAsync();
        for (var time = 0; time < 2; time++)
        {
            var report = await world.CompareAsync();
            report.Outcome.ShouldBe(ReconciliationOutcome.Completed, report.Reason);
            await world.SettleAsync();
        }

        var item = (await world.OpenAsync()).ShouldHaveSingleItem();
        (item.State, item.Attempt).ShouldBe((DriftState.Held, 1));
        var told = (await world.World.ExceptionsAsync()).ShouldHaveSingleItem();
        (told.Kind, told.Target, told.IdentityId).ShouldBe(("guard", Everyone, item.IdentityId));
        item.Reason!.ShouldContain(told.Id);
        InOrder.ShouldAllBe(person => world.Target().Native[Key(person)].Active);
    }

    static async Task SettleExceptionsAsync(ComparedWorld world)
    {
        foreach (var exception in (await world.World.ExceptionsAsync()).Where(e => e.IdentityId is not null))
        {
            await world.Stores.Exceptions.SettleAsync(exception.IdentityId, exception.Id, "tried again", CancellationToken.None);
        }
    }

    static async Task<ComparedWorld> DisabledAsync(IEnumerable<int> people)
    {
        var world = new ComparedWorld(OneFirst);
        await world.HireAsync(People);
        foreach (var person in people)
        {
            world.Change(person, a => a with { Active = false });
        }

        return world;
    }
}
