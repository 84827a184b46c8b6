using ServerlessSync.Mesh.Model;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>Whoever is left out of one comparison after the other, because a run is at work for them, is told to the owner of the target.</summary>
public sealed class LeftOutTests
{
    [Fact]
    public async Task Who_is_left_out_of_three_comparisons_in_a_row_is_told_until_they_are_looked_at_again()
    {
        await using var world = new ComparedWorld(OnlyReported);
        var released = await HoldAsync(world);
        await world.CompareAsync();
        await world.CompareAsync();
        await world.CompareAsync(dryRun: true);
        (await world.World.ExceptionsAsync()).ShouldBeEmpty();

        // One that is given up in between says nothing either way.
        world.Paged(Everyone).Unreached = true;
        await world.CompareAsync();
        world.Paged(Everyone).Unreached = false;
        await world.CompareAsync();
        var told = (await world.World.ExceptionsAsync()).ShouldHaveSingleItem();
        (told.Kind, told.Target, told.Owner).ShouldBe(("left-out", Everyone, "identity-team"));
        told.Reason.ShouldBe($"1 were left out of 3 comparisons of t1 in a row, or for too long, because a run is at work for them: {Id(0)}");

        released.SetResult();
        await world.World.SettleAsync();
        await world.World.EndRunsAsync();
        await world.CompareAsync();
        (await world.FoundAsync()).ShouldBe([Line(Id(0), DriftKind.Status)]);
        (await world.World.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_has_had_a_run_at_work_for_longer_than_an_exception_may_stay_open_is_told_at_once()
    {
        await using var world = new ComparedWorld(OnlyReported);
        var released = await HoldAsync(world);
        await world.CompareAsync();
        world.World.Clock.Advance(world.World.Configuration.Deadlines.Exception);
        await world.CompareAsync();
        (await world.World.ExceptionsAsync()).ShouldContain(exception => exception.Kind == "left-out" && exception.Reason.EndsWith(Id(0), StringComparison.Ordinal));
        released.SetResult();
        await world.World.SettleAsync();
    }

    /// <summary>Three people, one of whom differs and has a run at work that waits for the other target until it is released.</summary>
    static async Task<TaskCompletionSource> HoldAsync(ComparedWorld world)
    {
        await world.HireAsync(3);
        world.Change(0, a => a with { Active = false });
        var released = new TaskCompletionSource();
        world.World.Script.On = call => call is { Target: Some, Operation: "update" } && call.Mark == Id(0) ? Behaviour.Hold(released.Task) : Behaviour.Obey;
        var change = world.World.Hr(Name(0), 2, "Finance");
        change = change with { Data = new Dictionary<string, string>(change.Data) { ["displayName"] = "Another Name" } };
        await world.World.Stores.Inbox.AcceptAsync([change], CancellationToken.None);
        await world.World.Mesh.SweepOnceAsync(CancellationToken.None);
        return released;
    }
}
