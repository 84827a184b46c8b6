using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>
/// Row 16 of the fault matrix: one in a hundred people changes in every second of a comparison, while accounts are changed behind the mesh's back as
/// well. Two comparisons mend all of it, no word of HR is lost, and nobody is touched who has no drift.
/// </summary>
public sealed class LiveScaleTests
{
    const int Pages = 30;

    static readonly ReconcileConfiguration Generous = new()
    {
        LeastRead = 1,
        Guards = Enum.GetValues<DriftKind>().ToDictionary(kind => kind, _ => new GuardConfiguration(100, int.MaxValue, 0)),
    };

    [Fact]
    public async Task While_one_in_a_hundred_changes_every_second_two_comparisons_mend_all_drift_and_no_change_is_lost()
    {
        var people = Sweep.Pick(300, 20_000);
        // Writes are held here for as long as the machine takes to compare.
        await using var world = new ComparedWorld(Generous, attemptLimit: TimeSpan.FromMinutes(30));
        await world.HireAsync(people);
        world.Target().Listing.PageSize = people / Pages;
        var changes = new SteadyChanges(world, people, new Random(Sweep.Seed(1)));

        Progress.Say($"{people} people are hired");
        var first = await changes.CompareAsync();
        first.Outcome.ShouldBe(ReconciliationOutcome.Completed, first.Reason);
        var (found, inFlight) = (await world.FoundAsync(), (await world.LastAsync()).InFlight);
        found.Except(changes.Planted).ShouldBeEmpty("what is half of a change is no drift");
        Progress.Say($"{changes.Told} changes told, {found.Count} drifts found");
        await SettleAsync(world);
        var second = await world.CompareAsync();
        second.Outcome.ShouldBe(ReconciliationOutcome.Completed, second.Reason);
        (await world.LastAsync()).InFlight.ShouldBe(0);
        var foundAgain = await world.FoundAsync();
        foundAgain.Except(changes.Planted).ShouldBeEmpty();
        await SettleAsync(world);

        changes.CheckStanding();
        await CheckMendedAsync(world, changes, people);
        await world.CompareAsync(dryRun: true);
        (await world.FoundAsync()).ShouldBeEmpty();
        (await world.World.ExceptionsAsync()).ShouldBeEmpty();
        Progress.Show(FormattableString.Invariant(
            $"reconciliation: {people} people, {changes.Told} changes in {changes.Seconds} s of a comparison, {changes.SeenInFlight} seen in flight, {inFlight} to its end; {changes.Drifted.Count} drifts: {found.Count} found at first, {foundAgain.Count} at the second, none after"));
        found.Count.ShouldBeGreaterThan(0);
        changes.Told.ShouldBeGreaterThan(people / 10);
        changes.SeenInFlight.ShouldBeGreaterThan(0);
    }

    static async Task SettleAsync(ComparedWorld world)
    {
        await world.SettleAsync();
        await world.World.EndRunsAsync();
    }

    /// <summary>What runs have done that mend drift, they have done to people with drift.</summary>
    static async Task CheckMendedAsync(ComparedWorld world, SteadyChanges changes, int people)
    {
        var mending = new HashSet<string>(StringComparer.Ordinal);
        for (var person = 0; person < people; person++)
        {
            if (await world.Stores.Drifts.FindAsync(Everyone, Id(person), CancellationToken.None) is { } item)
            {
                item.State.ShouldBe(DriftState.Settled, $"{person}: {item.Reason}");
                mending.Add(item.MendedBy ?? string.Empty);
            }
        }

        var mended = world.World.Script.Effects.Where(e => mending.Contains(e.Key.Split(':')[0])).ToList();
        mended.ShouldAllBe(e => changes.Drifted.Contains(e.Mark));
        mended.ShouldNotBeEmpty();
    }
}
