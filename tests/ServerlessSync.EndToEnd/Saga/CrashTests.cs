using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>
/// Row 1 of the fault matrix, dying: the process dies before or after each of its writes to history and row store, and before or after each call
/// of a target; a new one over the same stores and targets finishes, and nothing is lost or done twice.
/// </summary>
public sealed class CrashTests(AzuriteStands stands) : IClassFixture<AzuriteStands>
{
    [Fact]
    public async Task Killed_at_any_write_a_joiner_is_applied_exactly_once_with_and_without_redelivery()
    {
        var points = await SweepAsync(Lives.Joiner, Stand.InMemory, atCall: false, oneOf: 3)
            + await SweepAsync(Lives.Joiner, Stand.InMemory, atCall: false, oneOf: 3, redelivers: true);
        Show(Lives.Joiner, "writes, in memory, with and without redelivery", points);
        points.ShouldBeGreaterThan(40);
    }

    [Fact]
    public async Task Killed_at_any_write_over_sqlite_a_joiner_is_applied_exactly_once() =>
        (await SweepFilesAsync(Lives.Joiner, atCall: false, oneOf: 15)).ShouldBeGreaterThan(0);

    [Fact]
    public async Task Killed_at_any_write_while_a_group_is_undone_the_undoing_is_finished_once() =>
        Show(Lives.Undone, "writes, in memory", await SweepAsync(Lives.Undone, Stand.InMemory, atCall: false, oneOf: 5));

    [Fact]
    public async Task Killed_at_any_write_a_mover_has_the_new_rights_and_not_the_old_once() =>
        Show(Lives.Mover, "writes, in memory", await SweepAsync(Lives.Mover, Stand.InMemory, atCall: false, oneOf: 7));

    [Fact]
    public async Task Killed_at_any_write_a_leaver_still_ends_everything_once() =>
        Show(Lives.Leaver, "writes, in memory", await SweepAsync(Lives.Leaver, Stand.InMemory, atCall: false, oneOf: 7));

    [Fact]
    public async Task Killed_before_or_after_any_call_of_a_target_nothing_is_applied_twice()
    {
        foreach (var life in Lives.All)
        {
            Show(life, "calls of targets, in memory", await SweepAsync(life, Stand.InMemory, atCall: true, oneOf: 9));
        }
    }

    [Fact]
    public async Task Killed_at_any_write_or_call_over_sqlite_movers_leavers_and_the_undoing_are_finished_once()
    {
        var points = 0;
        foreach (var life in Lives.All)
        {
            points += life == Lives.Joiner ? 0 : await SweepFilesAsync(life, atCall: false, oneOf: 41);
            points += await SweepFilesAsync(life, atCall: true, oneOf: 29);
        }

        points.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Killed_at_any_write_with_rows_in_table_storage_joiners_and_leavers_are_finished_once()
    {
        foreach (var life in new[] { Lives.Joiner, Lives.Leaver })
        {
            var points = await SweepAsync(life, InTables, atCall: false, oneOf: life == Lives.Joiner ? 17 : 37, redelivers: true);
            Show(life, "writes, rows in Table storage", points);
            points.ShouldBeGreaterThan(0);
        }

        Stand InTables()
        {
            var (tables, path) = stands.Next();
            return Stand.InTables(tables, path);
        }
    }

    [Fact]
    public async Task Killed_again_at_any_write_of_its_recovery_it_still_recovers()
    {
        var total = 0;
        foreach (var life in Lives.All)
        {
            var points = 0;
            foreach (var first in Sweep.Points(oneOf: 17, full: 4))
            {
                // The second process dies at each of its writes: of its start over an unfinished run, of its sweeps, of what it carries on.
                var reached = await SweepAsync(life, Stand.InMemory, atCall: false, oneOf: 11, first: new Death(AtCall: false, first, After: first % 2 == 0));
                points += reached;
                if (reached == 0)
                {
                    break;
                }
            }

            Show(life, "writes of a recovery, in memory", points);
            total += points;
        }

        total.ShouldBeGreaterThan(0);
    }

    static async Task<int> SweepFilesAsync(Life life, bool atCall, int oneOf)
    {
        var folder = Directory.CreateTempSubdirectory("mesh-crash-");
        try
        {
            var points = await SweepAsync(
                life, () => Stand.InFile(Path.Combine(folder.FullName, Path.GetRandomFileName())), atCall, oneOf, redelivers: true);
            Show(life, atCall ? "calls of targets, over SQLite" : "writes, over SQLite", points);
            return points;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static void Show(Life life, string where, int points) => Progress.Show($"row 1: {life} killed at {points} {where}");

    /// <summary>Dies at point after point until a life is lived without reaching it; answers how many were reached.</summary>
    static async Task<int> SweepAsync(Life life, Func<Stand> stand, bool atCall, int oneOf, bool redelivers = false, Death? first = null)
    {
        var points = 0;
        foreach (var after in new[] { false, true })
        {
            foreach (var number in Sweep.Points(oneOf))
            {
                Death[] deaths = first is { } before ? [before, new Death(atCall, number, after)] : [new Death(atCall, number, after)];
                await using var run = new CrashRun(life, stand()) { Redelivers = redelivers };
                await run.LiveAsync(deaths);
                await run.CheckAsync($"{life}, {string.Join(", then ", deaths)}, {(redelivers ? "with" : "without")} redelivery");
                if (run.Deaths < deaths.Length)
                {
                    break;
                }

                points++;
            }
        }

        return points;
    }
}
