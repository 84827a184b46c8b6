using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Crash;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>
/// Row 1 of the fault matrix, failing: history and row store throw at each access in turn, once or for a while, and the process lives on. Every
/// read and every write is such an access, from the start of the engine on; a write may have been stored all the same.
/// </summary>
public sealed class StoreOutageTests
{
    [Fact]
    public Task A_store_that_fails_once_at_any_access_changes_neither_the_effects_nor_the_end() =>
        SweepAsync(new Disturbance(Length: 1, AfterEffect: false), Stand.InMemory, oneOf: 29);

    [Fact]
    public Task A_store_that_loses_the_answer_to_any_write_changes_neither_the_effects_nor_the_end() =>
        SweepAsync(new Disturbance(Length: 1, AfterEffect: true), Stand.InMemory, oneOf: 9);

    [Fact]
    public async Task A_store_that_is_away_for_a_while_from_any_access_on_loses_nothing_and_what_was_given_up_is_somebodys()
    {
        await SweepAsync(new Disturbance(Length: 12, AfterEffect: false), Stand.InMemory, oneOf: 43);
        await SweepAsync(new Disturbance(Length: 5, AfterEffect: true), Stand.InMemory, oneOf: 19);
    }

    [Fact]
    public async Task Over_sqlite_too_a_store_that_fails_at_any_access_or_loses_the_answer_loses_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("mesh-outage-");
        try
        {
            await SweepAsync(new Disturbance(Length: 1, AfterEffect: false), InFile, oneOf: 307, full: 5);
            await SweepAsync(new Disturbance(Length: 2, AfterEffect: true), InFile, oneOf: 47);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Stand InFile() => Stand.InFile(Path.Combine(folder.FullName, Path.GetRandomFileName()));
    }

    /// <summary>Disturbs each life at access after access, until it is lived without meeting the outage.</summary>
    static async Task SweepAsync(Disturbance disturbance, Func<Stand> stand, int oneOf, int full = 1)
    {
        var (points, givenUp) = (0, 0);
        foreach (var life in Lives.All)
        {
            foreach (var access in Sweep.Points(oneOf, full))
            {
                var outage = new Outage(access, disturbance.Length, disturbance.AfterEffect);
                await using var run = new OutageRun(life, stand(), outage);
                await run.LiveAsync();
                await run.CheckAsync($"{life}, {disturbance} from {access} on");
                if (outage.Failed == 0)
                {
                    break;
                }

                points++;
                givenUp += run.GaveUp ? 1 : 0;
            }
        }

        Progress.Show($"row 1: {disturbance}: {points} points of {Lives.All.Count} lives, {givenUp} given up to an owner and mended later");
        points.ShouldBeGreaterThan(0);
    }

    sealed record Disturbance(int Length, bool AfterEffect)
    {
        public override string ToString() => $"{Length} {(AfterEffect ? "answers to writes lost" : "accesses failing")}";
    }
}
