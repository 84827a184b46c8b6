using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>Whoever has left and can still act is found and ended, whatever else is found of them and whatever a person was asked before.</summary>
public sealed class LiveLeaverTests
{
    const int Left = 3;

    static readonly TargetCredential Unknown = new(Key(Left), "key-1", "f1", null);

    [Fact]
    public async Task A_leaver_who_can_sign_in_again_is_ended_whatever_else_people_must_settle()
    {
        await using var world = await LeftAsync();
        world.Change(Left, a => a.Plus("group:Odd") with { Active = true, Credentials = [Unknown] });
        world.Target().PutNatively("twin", Native.Marked(Id(Left)) with { Active = false });
        await world.CompareAsync();
        await world.SettleAsync();
        var account = world.Target().Native[Key(Left)];
        (account.Active, account.Rights.Count).ShouldBe((false, 0));
        var item = await ItemAsync(world);
        item.State.ShouldBe(DriftState.Asked, "the rest is for people");
        item.Reason.ShouldBe("duplicate is for people to settle");
    }

    [Fact]
    public async Task What_a_person_was_asked_about_a_leaver_hides_no_sign_in_that_comes_later()
    {
        await using var world = await LeftAsync();
        world.Change(Left, a => a with { Credentials = [Unknown] });
        await world.CompareAsync();
        (await ItemAsync(world)).State.ShouldBe(DriftState.Asked);
        for (var time = 0; time < 2; time++)
        {
            world.Change(Left, a => a with { Active = true });
            await world.CompareAsync();
            await world.SettleAsync();
            world.Target().Native[Key(Left)].Active.ShouldBeFalse();
            (await ItemAsync(world)).State.ShouldBe(DriftState.Asked);
        }
    }

    [Fact]
    public async Task What_comes_to_a_drift_that_waits_for_a_person_is_decided_anew()
    {
        await using var world = await LeftAsync();
        world.Change(0, a => a with { Credentials = [new TargetCredential(Key(0), "key-1", "f1", null)] });
        await world.CompareAsync();
        world.Change(0, a => a.Plus("group:Odd") with { Credentials = [] });
        await world.CompareAsync();
        await world.SettleAsync();
        world.Target().Native[Key(0)].Rights.ShouldNotContain("group:Odd");
    }

    [Fact]
    public async Task A_second_account_a_leaver_can_sign_in_to_is_as_grave_as_the_first_and_left_to_people()
    {
        await using var world = await LeftAsync();
        world.Target().PutNatively("twin", Native.Marked(Id(Left)));
        await world.CompareAsync();
        (await world.FoundAsync()).ShouldBe([Line(Id(Left), DriftKind.Duplicate, "twin"), Line(Id(Left), DriftKind.ExpiredButAlive, "twin")]);
        var item = await ItemAsync(world);
        (item.State, item.Severity).ShouldBe((DriftState.Asked, DriftSeverity.Critical));
        world.Target().Native["twin"].Active.ShouldBeTrue();

        // Somebody answers for it, by a day, until it is ended.
        var told = (await world.World.ExceptionsAsync()).ShouldHaveSingleItem();
        (told.Kind, told.Target, told.IdentityId).ShouldBe(("leaver-alive", Everyone, null));
        told.Reason.ShouldStartWith("1 of those who have left, or whose time has passed, can still act on t1");
        world.Target().RemoveNatively("twin");
        await world.CompareAsync();
        (await world.World.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_account_that_was_deleted_and_is_there_again_without_a_mark_is_told()
    {
        await using var world = await LeftAsync();
        world.Target().RemoveNatively(Key(Left));
        await world.CompareAsync();
        await world.SettleAsync();
        (await world.Stores.Registry.FindAccountAsync(Id(Left), Everyone, CancellationToken.None))!.Status.ShouldBe(AccountStatus.Deleted);
        world.Target().PutNatively(Key(Left), Native.Unmarked);
        await world.CompareAsync();
        (await world.FoundAsync()).ShouldBe([Line(Key(Left), DriftKind.Unowned)]);
        (await world.OpenAsync()).ShouldHaveSingleItem().State.ShouldBe(DriftState.Asked);
    }

    [Fact]
    public async Task A_person_who_is_asked_can_have_a_leaver_ended_whatever_else_is_found()
    {
        await using var world = new ComparedWorld(new ReconcileConfiguration
        {
            Actions = new Dictionary<DriftKind, DriftAction> { [DriftKind.ExpiredButAlive] = DriftAction.Ask },
        });
        await world.HireAsync(6);
        await world.World.CarryAsync(world.World.Leaver(Name(Left), 2));
        await world.World.EndRunsAsync();
        world.Change(Left, a => a with { Active = true, Credentials = [Unknown] });
        await world.CompareAsync();
        (await ItemAsync(world)).State.ShouldBe(DriftState.Asked);
        var mend = new DriftDecisionRequest(Everyone, Id(Left), null, 1, DriftDecision.Remediate, "ops");
        var answer = await world.World.Mesh.DriftDecisions.DecideAsync(mend, CancellationToken.None);
        answer.Outcome.ShouldBe(DriftDecisionOutcome.Taken, answer.Reason);
        await world.SettleAsync();
        world.Target().Native[Key(Left)].Active.ShouldBeFalse();
    }

    static async Task<DriftItem> ItemAsync(ComparedWorld world) =>
        (await world.Stores.Drifts.FindAsync(Everyone, Id(Left), CancellationToken.None)).ShouldNotBeNull();

    /// <summary>Six people, one of whom has left; all is as it should be.</summary>
    static async Task<ComparedWorld> LeftAsync()
    {
        var world = new ComparedWorld();
        await world.HireAsync(6);
        await world.World.CarryAsync(world.World.Leaver(Name(Left), 2));
        await world.World.EndRunsAsync();
        return world;
    }
}
