using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>What a person is asked about has an owner and a day, and what nobody decides by then is told once for the target.</summary>
public sealed class OverdueTests
{
    const string Overdue = "drift-overdue";

    static readonly TimeSpan Week = TimeSpan.FromDays(7);

    [Fact]
    public async Task What_a_person_is_asked_about_is_the_targets_owners_within_the_time_of_an_exception()
    {
        await using var world = await AskedAsync();
        var before = world.World.Clock.GetUtcNow();
        await world.CompareAsync();

        var asked = (await world.OpenAsync()).ShouldHaveSingleItem();

        (asked.State, asked.Owner).ShouldBe((DriftState.Asked, "identity-team"));
        asked.Due!.Value.ShouldBeInRange(before + Week, world.World.Clock.GetUtcNow() + Week);
        world.World.Clock.Advance(TimeSpan.FromDays(3));
        await world.CompareAsync();
        (await world.OpenAsync()).ShouldHaveSingleItem().Due.ShouldBe(asked.Due, "found again it is not asked anew");
    }

    [Fact]
    public async Task Whoever_can_still_act_is_to_be_decided_within_the_time_of_a_leaver()
    {
        await using var world = await AskedAsync();
        await world.World.CarryAsync(world.World.Leaver(Name(2), 2));
        await world.World.EndRunsAsync();
        world.Target().PutNatively("twin", Native.Marked(Id(2)));
        await world.CompareAsync();

        var alive = (await world.Stores.Drifts.FindAsync(Everyone, Id(2), CancellationToken.None)).ShouldNotBeNull();

        alive.Findings.ShouldContain(f => f.Kind == DriftKind.ExpiredButAlive);
        (alive.Due <= world.World.Clock.GetUtcNow() + TimeSpan.FromDays(1)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_nobody_decided_in_time_is_one_exception_of_the_targets_owner_until_none_is_left()
    {
        await using var world = await AskedAsync();
        await world.CompareAsync();
        (await ToldAsync(world)).ShouldBeEmpty();
        world.Target().PutNatively("second", Native.Unmarked);
        world.World.Clock.Advance(Week + TimeSpan.FromHours(1));

        await world.CompareAsync(dryRun: true);
        (await ToldAsync(world)).ShouldBeEmpty("a plan tells nobody");
        await world.CompareAsync();
        await world.CompareAsync();
        var told = (await ToldAsync(world)).ShouldHaveSingleItem();
        (told.Target, told.IdentityId, told.Owner).ShouldBe((Everyone, null, "identity-team"));
        told.Reason.ShouldStartWith("1 drifts of t1 wait for a decision past their time", customMessage: "the second has its own week");

        world.Target().RemoveNatively("shadow");
        await world.CompareAsync();
        (await ToldAsync(world)).ShouldBeEmpty();
        (await world.OpenAsync()).ShouldHaveSingleItem().AccountKey.ShouldBe("second");
    }

    [Fact]
    public async Task A_comparison_that_is_given_up_tells_of_it_too()
    {
        await using var world = await AskedAsync();
        await world.CompareAsync();
        world.World.Clock.Advance(Week + TimeSpan.FromHours(1));
        world.Paged(Everyone).OnPage = (_, _) => throw new Connectors.ConnectorException(Everyone, Connectors.FailureKind.Incomplete, "ended early");

        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Abandoned);

        (await ToldAsync(world)).ShouldHaveSingleItem();
    }

    static async Task<IReadOnlyList<ExceptionItem>> ToldAsync(ComparedWorld world) =>
        [.. (await world.World.ExceptionsAsync()).Where(e => e.Kind == Overdue)];

    static async Task<ComparedWorld> AskedAsync()
    {
        var world = new ComparedWorld(new ReconcileConfiguration { LeastRead = 1 });
        await world.HireAsync(4);
        world.Target().PutNatively("shadow", Native.Unmarked);
        return world;
    }
}
