using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Drift.DriftStage;

namespace ServerlessSync.EndToEnd.Drift;

/// <summary>A plan that is refused for a look at one target is one matter of that identity on that target, until somebody settles it.</summary>
public sealed class RefusedMendingTests
{
    [Fact]
    public async Task Refused_again_after_it_was_settled_it_is_the_same_exception_and_open_it_lets_nothing_begin()
    {
        await using var world = await SmuggledAsync();
        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.ExtraGrant));
        var first = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        (first.Kind, first.Target).ShouldBe(("guard", "t1"));
        (await world.Seen.Exceptions.FindAsync(first.Id, CancellationToken.None))!.Id.ShouldBe(first.Id);

        await AgainAsync(world);
        (await RunsAsync(world)).ShouldBe(2, "nothing is begun while it is open");
        await world.Seen.Exceptions.SettleAsync(first.IdentityId, first.Id, "looked at", CancellationToken.None);
        await AgainAsync(world);

        (await RunsAsync(world)).ShouldBe(3);
        (await world.ExceptionsAsync()).ShouldHaveSingleItem().Id.ShouldBe(first.Id);
    }

    [Fact]
    public async Task A_green_run_for_the_whole_identity_does_not_settle_it()
    {
        await using var world = await SmuggledAsync();
        await world.MendAsync(await world.FindDriftAsync("ada", DriftKind.ExtraGrant));
        await world.CarryAsync(world.Hr("ada", 2));
        (await world.ExceptionsAsync()).ShouldHaveSingleItem().Kind.ShouldBe("guard");
    }

    static async Task<MeshWorld> SmuggledAsync()
    {
        var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        world.Tamper("t1", Ada, a => a with { Rights = [.. a.Rights, .. Enumerable.Range(0, 51).Select(n => FormattableString.Invariant($"group:Smuggled{n}"))] });
        return world;
    }

    /// <summary>Queues the held item once more.</summary>
    static async Task AgainAsync(MeshWorld world) => await world.MendAsync((await world.Seen.Drifts.MoveAsync(
        await world.DriftAsync(), item => item with { State = DriftState.Queued }, CancellationToken.None))!);

    static async Task<long> RunsAsync(MeshWorld world) => (await world.Seen.Lanes.FindAsync(MeshWorld.IdOf("ada"), CancellationToken.None)).Last;
}
