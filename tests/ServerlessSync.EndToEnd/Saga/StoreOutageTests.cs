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
    public async Task A_store_that_fails_once_at_any_access_changes_neither_the_effects_nor_the_end()
    {
        foreach (var life in Lives.All)
        {
            await SweepAsync(life, Stand.InMemory, length: 1, afterEffect: false, oneOf: 23);
        }
    }

    [Fact]
    public async Task A_store_that_loses_the_answer_to_any_write_changes_neither_the_effects_nor_the_end()
    {
        foreach (var life in Lives.All)
        {
            await SweepAsync(life, Stand.InMemory, length: 1, afterEffect: true, oneOf: 7);
        }
    }

    [Fact]
    public async Task A_store_that_is_away_for_a_while_from_any_access_on_loses_nothing_and_what_was_given_up_is_somebodys()
    {
        foreach (var life in Lives.All)
        {
            await SweepAsync(life, Stand.InMemory, length: 12, afterEffect: false, oneOf: 29);
            await SweepAsync(life, Stand.InMemory, length: 5, afterEffect: true, oneOf: 17);
        }
    }

    [Fact]
    public async Task Over_sqlite_too_a_store_that_fails_at_any_access_or_loses_the_answer_loses_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("mesh-outage-");
        try
        {
            foreach (var life in Lives.All)
            {
                await SweepAsync(life, InFile, length: 1, afterEffect: false, oneOf: 211, full: 5);
                await SweepAsync(life, InFile, length: 2, afterEffect: true, oneOf: 37);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Stand InFile() => Stand.InFile(Path.Combine(folder.FullName, Path.GetRandomFileName()));
    }

    /// <summary>Fails at access after access until a life is lived without meeting the outage.</summary>
    static async Task SweepAsync(Life life, Func<Stand> stand, int length, bool afterEffect, int oneOf, int full = 1)
    {
        var (points, givenUp) = (0, 0);
        var what = afterEffect ? $"{length} answers to writes lost" : $"{length} accesses failing";
        foreach (var access in Sweep.Points(oneOf, full))
        {
            var at = stand();
            await using var run = new OutageRun(life, at, new Outage(access, length, afterEffect));
            await run.LiveAsync();
            await run.CheckAsync($"{life}, {what} from {access} on, {(at.Database is null ? "in memory" : "over SQLite")}");
            if (!run.Failed)
            {
                break;
            }

            points++;
            givenUp += run.GaveUp ? 1 : 0;
        }

        Progress.Show($"row 1: {life} with {what}: {points} points, {givenUp} given up to an owner and looked at again");
        points.ShouldBeGreaterThan(0);
    }
}
