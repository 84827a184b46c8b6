using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Crash;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>
/// Row 13 of the fault matrix: two processes that both take themselves for the owner. The first stops at each of its accesses in turn, past its
/// lease; what it wakes to do must come to nothing. Over each store that two processes can share.
/// </summary>
public abstract class SplitBrainTests
{
    /// <summary>How the store is named in figures.</summary>
    protected abstract string Store { get; }

    /// <summary>One access out of how many is tried in a sample.</summary>
    protected abstract int OneOf { get; }

    [Fact]
    public async Task An_owner_that_wakes_after_the_successor_has_finished_is_fenced_and_changes_nothing()
    {
        var points = 0;
        foreach (var life in Lives.All)
        {
            points += await SweepAsync(life, atWrites: false, async (run, shown) =>
            {
                await run.TakeOverAsync();
                await run.GoOnAsync();
                var before = await run.Successor.SnapshotAsync();
                await run.WakeOwnerAsync(shown);
                var after = await run.Successor.SnapshotAsync();
                (string.Join('\n', before.Except(after)), string.Join('\n', after.Except(before))).ShouldBe((string.Empty, string.Empty), shown);
            });
        }

        Show(points, "accesses, woken after the successor had finished");
    }

    [Fact]
    public async Task An_owner_that_wakes_while_the_successor_is_at_work_is_fenced_and_nothing_happens_twice()
    {
        var points = 0;
        foreach (var life in Lives.All)
        {
            points += await SweepAsync(life, atWrites: true, async (run, shown) =>
            {
                await run.TakeOverAsync();
                await Task.WhenAll(run.GoOnAsync(), run.WakeOwnerAsync(shown));
            });
        }

        Show(points, "writes, woken while the successor was at work");
    }

    /// <summary>The ways of two processes to the same, empty store. The lease is measured by the clock given.</summary>
    private protected abstract Meeting Meet(TimeProvider leaseClock);

    void Show(int points, string what)
    {
        Progress.Show($"row 13: owner stopped at {points} {what}, {Lives.All.Count} lives {Store}");
        points.ShouldBeGreaterThan(0);
    }

    async Task<int> SweepAsync(Life life, bool atWrites, Func<SplitBrainRun, string, Task> act)
    {
        var points = 0;
        // The first access takes the lease: whoever stops before it owns nothing.
        foreach (var access in Sweep.Points(atWrites ? Math.Max(1, OneOf / 4) : OneOf).Where(a => a > 1))
        {
            var shown = $"{life}, owner stopped at {(atWrites ? "write" : "access")} {access}, {Store}";
            await using var run = new SplitBrainRun(life, new Stoppage(access, atWrites), Meet);
            if (!await run.StopOwnerAsync())
            {
                break;
            }

            await act(run, shown);
            await run.CheckAsync(shown);
            points++;
        }

        return points;
    }
}

public sealed class SplitBrainInMemoryTests : SplitBrainTests
{
    protected override string Store => "in memory";

    protected override int OneOf => 31;

    private protected override Meeting Meet(TimeProvider leaseClock)
    {
        var rows = new MemoryRowStore();
        var history = new MemoryWorkflowHistory(leaseClock);
        return new Meeting(new Stand(rows, history), new Stand(rows, history.OpenAnother()));
    }
}

public sealed class SplitBrainOverSqliteTests : SplitBrainTests, IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-split-");

    protected override string Store => "over SQLite";

    protected override int OneOf => 199;

    public void Dispose() => _folder.Delete(recursive: true);

    private protected override Meeting Meet(TimeProvider leaseClock)
    {
        var path = Path.Combine(_folder.FullName, Path.GetRandomFileName());
        return new Meeting(Stand.InFile(path, leaseClock), Stand.InFile(path, leaseClock));
    }
}

public sealed class SplitBrainOverTablesTests(AzuriteStands stands) : SplitBrainTests, IClassFixture<AzuriteStands>
{
    protected override string Store => "with rows in Table storage";

    protected override int OneOf => 397;

    private protected override Meeting Meet(TimeProvider leaseClock)
    {
        var (tables, path) = stands.Next();
        return new Meeting(Stand.InTables(tables, path, leaseClock), Stand.InTables(tables, path, leaseClock));
    }
}
