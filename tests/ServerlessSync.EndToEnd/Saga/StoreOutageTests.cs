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
    public async Task A_store_that_is_away_for_a_while_from_any_access_on_changes_neither_the_effects_nor_the_end()
    {
        await SweepAsync(new Disturbance(Length: 12, AfterEffect: false), Stand.InMemory, oneOf: 43);
        await SweepAsync(new Disturbance(Length: 5, AfterEffect: true), Stand.InMemory, oneOf: 19);
    }

    [Theory]
    [InlineData(1, 97)]
    [InlineData(3, 101)]
    [InlineData(12, 43)]
    [InlineData(40, 71)]
    public async Task A_row_store_that_is_away_while_the_history_is_not_changes_neither_the_effects_nor_the_end(int length, int oneOf) =>
        (await SweepAsync(new Disturbance(length, AfterEffect: false, RowsOnly: true), Stand.InMemory, oneOf)).ShouldBe(0);

    [Fact]
    public Task A_row_store_that_is_away_for_longer_than_any_run_waits_changes_nothing_in_the_end_either() =>
        SweepAsync(new Disturbance(Length: 150, AfterEffect: false, RowsOnly: true), Stand.InMemory, oneOf: 89);

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
    /// <returns>At how many points a run was begun anew.</returns>
    static async Task<int> SweepAsync(Disturbance disturbance, Func<Stand> stand, int oneOf, int full = 1)
    {
        var (points, anew) = (0, 0);
        foreach (var life in Lives.All)
        {
            foreach (var access in Sweep.Points(oneOf, full))
            {
                var outage = new Outage(access, disturbance.Length, disturbance.AfterEffect);
                await using var run = new OutageRun(life, stand(), outage, disturbance.RowsOnly);
                await run.LiveAsync();
                await run.CheckAsync($"{life}, {disturbance} from {access} on");
                if (outage.Failed == 0)
                {
                    break;
                }

                points++;
                anew += run.BegunAnew ? 1 : 0;
            }
        }

        Progress.Show($"row 1: {disturbance}: {points} points of {Lives.All.Count} lives, {anew} with a run begun anew, 0 ended otherwise than undisturbed");
        points.ShouldBeGreaterThan(0);
        return anew;
    }

    sealed record Disturbance(int Length, bool AfterEffect, bool RowsOnly = false)
    {
        public override string ToString() =>
            $"{Length} {(AfterEffect ? "answers to writes lost" : "accesses failing")}{(RowsOnly ? " of the row store alone" : string.Empty)}";
    }
}
