using ServerlessSync.Connectors;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>
/// Every way in which the grants of one entitlement over up to five targets can go: each given, failed for good, or given and then impossible to
/// take back. What is expected is reckoned from the case alone.
/// </summary>
public sealed class GroupFailureTests
{
    const string Shared = "group:shared";

    enum Fate
    {
        Given,
        Fails,
        CannotBeUndone,
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Whatever_subset_of_steps_fails_the_group_is_undone_whole_or_parked_and_other_groups_stand(int targets)
    {
        var cases = (int)Math.Pow(3, targets);
        for (var number = 0; number < cases; number++)
        {
            var fates = Enumerable.Range(0, targets).Select(t => (Fate)(number / (int)Math.Pow(3, t) % 3)).ToArray();
            await CheckAsync(fates);
        }

        Progress.Show($"row 7: {targets} targets, {cases} combinations");
    }

    [Fact]
    public async Task An_account_that_was_disabled_again_but_could_not_be_read_back_is_enabled_by_the_next_look()
    {
        await using var world = await MeshWorld.StartAsync(Configuration(1));
        await world.CarryAsync(world.Hr("ada", 1));
        await world.CarryAsync(world.Leaver("ada", 2));
        world.Script.On = call => call.Operation == "update" || (call.Operation == "find" && world.Script.Effects.Count(e => e.Operation == "disable") == 2)
            ? Behaviour.Fail(FailureKind.Rejected)
            : Behaviour.Obey;
        await world.CarryAsync(world.Hr("ada", 3, "HR"));
        (await world.ExceptionsAsync()).ShouldContain(e => e.Kind == "compensation-failed");
        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();

        world.Script.On = _ => Behaviour.Obey;
        await world.Mesh.Operators.LookAsync(MeshWorld.IdOf("ada"), "again", "ops", CancellationToken.None);
        await world.SettleAsync();
        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeTrue();
        (await world.ExceptionsAsync()).ShouldBeEmpty();
    }

    static async Task CheckAsync(Fate[] fates)
    {
        var shown = string.Join(',', fates);
        await using var world = await MeshWorld.StartAsync(Configuration(fates.Length), call => Decide(call, fates));
        await world.CarryAsync(world.Hr("ada", 1));

        var fails = fates.Contains(Fate.Fails);
        var open = await world.ExceptionsAsync();
        for (var t = 0; t < fates.Length; t++)
        {
            var target = $"t{t + 1}";
            var account = world.Targets[target].Native["ada@example.com"];
            var stays = fates[t] == Fate.CannotBeUndone || (!fails && fates[t] == Fate.Given);
            account.Rights.ShouldBe(stays ? [$"role:own{t + 1}", Shared] : [$"role:own{t + 1}"], ignoreOrder: true, shown);
            Count(world, target, "grant").ShouldBe(fates[t] == Fate.Fails ? 0 : 1, shown);
            Count(world, target, "revoke").ShouldBe(fails && fates[t] == Fate.Given ? 1 : 0, shown);
            open.Count(e => e.Kind == "compensation-failed" && e.Target == target).ShouldBe(fails && fates[t] == Fate.CannotBeUndone ? 1 : 0, shown);
            (await world.ViewAsync("ada"))!.Grants.Any(g => g.Target == target && g.Name == Shared).ShouldBe(stays, shown);
        }

        open.Any(e => e.Kind == "group-failed").ShouldBe(fails, shown);
        open.ShouldAllBe(e => fails && e.Owner == "identity-team" && e.Reason.Length > 0 && e.Deadline > e.OpenedAt);
        (await Trail.GreenAsync(world.Rows, MeshWorld.IdOf("ada"))).Values.ShouldBe([!fails], customMessage: shown);
        var undone = world.Script.Calls.Where(c => c.Operation == "revoke").Select(c => c.Target).Distinct().ToList();
        undone.ShouldBe([.. undone.OrderDescending(StringComparer.Ordinal)], customMessage: shown);
        undone.Count.ShouldBe(fails ? fates.Length : 0, shown);

        await RepairAsync(world, fates, shown);
    }

    /// <summary>Once the targets behave, the next look gives what is missing and repeats nothing.</summary>
    static async Task RepairAsync(MeshWorld world, Fate[] fates, string shown)
    {
        var before = world.Script.Effects.Count;
        world.Script.On = _ => Behaviour.Obey;
        await world.CarryAsync(world.Hr("ada", 2));
        world.Targets.Values.ShouldAllBe(t => t.Native["ada@example.com"].Rights.Any(r => r == Shared), shown);
        var missing = fates.Contains(Fate.Fails) ? fates.Count(f => f != Fate.CannotBeUndone) : 0;
        world.Script.Effects.Skip(before).Count().ShouldBe(missing, shown);
    }

    static int Count(MeshWorld world, string target, string operation) =>
        world.Script.Effects.Count(e => e.Target == target && e.Operation == operation && e.Right == Shared);

    static Behaviour Decide(ScriptedCall call, Fate[] fates) => (call.Operation, call.Right, fates[call.Target[1] - '1']) switch
    {
        ("grant", Shared, Fate.Fails) => Behaviour.Fail(FailureKind.Rejected),
        ("revoke", Shared, Fate.CannotBeUndone) => Behaviour.Fail(FailureKind.Rejected),
        _ => Behaviour.Obey,
    };

    static ServerlessSync.Mesh.Configuration.MeshConfiguration Configuration(int targets)
    {
        var numbers = Enumerable.Range(1, targets).ToList();
        return MeshYaml.For(
            targets,
            [$"shared: {string.Join(", ", numbers.Select(n => $"t{n}={Shared}"))}", .. numbers.Select(n => $"own{n}: t{n}=role:own{n}")]);
    }
}
