using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>Plan and comparison go by one rule of which sign-in names are the same on a target.</summary>
public sealed class SignInNameTests
{
    static readonly string Shouted = Key(0).ToUpperInvariant();

    [Fact]
    public async Task Where_case_does_not_count_another_case_is_no_drift_and_no_change()
    {
        await using var world = new ComparedWorld();
        await world.HireAsync(3);
        var effects = world.World.Script.Effects.Count;
        world.Change(0, a => a with { UserName = Shouted });
        await world.CompareAsync();
        (await world.FoundAsync()).ShouldBeEmpty();
        var change = world.World.Hr(Name(0), 2, "Finance");
        await world.World.CarryAsync(change with { Data = new Dictionary<string, string>(change.Data) { ["userName"] = Shouted } });
        await world.CompareAsync();
        (await world.FoundAsync()).ShouldBeEmpty();
        world.World.Script.Effects.Count.ShouldBe(effects);
    }

    [Fact]
    public async Task Where_case_counts_another_case_is_drift_and_mended()
    {
        await using var world = new ComparedWorld();
        world.Target().ExactNames = true;
        await world.HireAsync(3);
        world.Change(0, a => a with { UserName = Shouted });
        await world.CompareAsync();
        (await world.FoundAsync()).ShouldBe([Line(Id(0), DriftKind.Attribute, "userName")]);
        await world.SettleAsync();
        world.Target().Native[Key(0)].UserName.ShouldBe(Key(0));
        (await world.Stores.Drifts.FindAsync(Everyone, Id(0), CancellationToken.None))!.State.ShouldBe(DriftState.Settled);
    }
}
