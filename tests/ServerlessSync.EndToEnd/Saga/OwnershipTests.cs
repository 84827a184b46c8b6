using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

public sealed class OwnershipTests
{
    static readonly ScriptedAccount Foreign = new(null, Active: true, new Dictionary<string, string> { ["title"] = "Theirs" }, ["group:Theirs"], Sessions: 3);

    [Fact]
    public async Task An_account_of_the_same_name_without_our_mark_is_never_touched_and_other_groups_stand()
    {
        await using var world = new MeshWorld(MeshYaml.For(2, "both: t1=group:Both, t2=role:both", "own: t2=role:own"));
        world.Targets["t1"].PutNatively("ada@example.com", Foreign);
        await world.StartAsync();

        await world.CarryAsync(world.Hr("ada", 1));
        (await world.ExceptionsAsync()).ShouldContain(e => e.Kind == "group-failed" && e.Target == "t1");
        world.Targets["t2"].Native["ada@example.com"].Rights.ShouldBe(["role:own"]);
        await world.CarryAsync(world.Leaver("ada", 2));

        world.Targets["t1"].Native["ada@example.com"].ShouldBe(Foreign);
        world.Script.Effects.ShouldAllBe(e => e.Target == "t2");
    }

    [Fact]
    public async Task Of_eight_people_who_want_one_user_name_one_gets_it_and_the_others_are_owned_exceptions_without_an_account()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1, "all: t1=group:All"));
        var people = Enumerable.Range(1, 8).Select(n => world.Hr($"p{n}", 1)).ToArray();
        await world.CarryAsync([.. people.Select(p => p with { Data = new Dictionary<string, string>(p.Data) { ["userName"] = "same@example.com" } })]);

        var winner = world.Targets["t1"].Native.ShouldHaveSingleItem();
        winner.Key.ShouldBe("same@example.com");
        var refused = await world.ExceptionsAsync();
        refused.Count.ShouldBe(7);
        refused.ShouldAllBe(e => e.Kind == "event-refused" && e.Owner == "identity-team" && e.Reason.Contains(winner.Value.Mark!));
        var claim = await world.Stores.Claims.FindAsync(ClaimKind.UserName, "same@example.com", CancellationToken.None);
        (claim!.IdentityId, claim.Confirmed).ShouldBe((winner.Value.Mark!, true));
    }

    [Fact]
    public async Task A_plan_over_the_guards_count_is_not_applied_and_the_arithmetic_is_an_exception_but_a_leaver_is_never_held()
    {
        var yaml = MeshYaml.For(1, "all: t1=group:A, t1=group:B, t1=group:C, t1=group:D");
        var guarded = yaml with { Guards = new Dictionary<string, GuardConfiguration> { ["default"] = new(50, 3, 20) } };
        await using var world = await MeshWorld.StartAsync(guarded);

        await world.CarryAsync(world.Hr("ada", 1));
        world.Script.Effects.ShouldBeEmpty();
        (await world.ExceptionsAsync()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            e => e.Kind.ShouldBe("guard"), e => e.Reason.ShouldContain("grant on t1: 4 > 3"));

        world.Targets["t1"].PutNatively("ada@example.com", new ScriptedAccount(MeshWorld.IdOf("ada"), true, new Dictionary<string, string>(), ["a", "b", "c", "d"], 9));
        await world.CarryAsync(world.Leaver("ada", 2));
        var account = world.Targets["t1"].Native["ada@example.com"];
        (account.Active, account.Sessions, account.Rights.Count).ShouldBe((false, 0, 0));
        (await world.ViewAsync("ada"))!.Record.Status.ShouldBe(IdentityStatus.Terminated);
    }
}
