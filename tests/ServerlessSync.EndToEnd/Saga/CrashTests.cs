using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Crash;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>The process dies before or after each of its writes; a new one over the same stores and targets finishes, and nothing is done twice.</summary>
public sealed class CrashTests
{
    static readonly MeshConfiguration Configuration = MeshYaml.For(2, "all: t1=group:All, t2=role:all", "it: t1=group:IT ? department=IT");

    [Fact]
    public async Task Killed_at_any_write_a_joiner_is_applied_exactly_once_with_and_without_redelivery()
    {
        var points = await SweepAsync(Memory, JoinAsync, CheckJoinedAsync, stride: 1, redelivered: [false, true]);
        Progress.Show($"crash points of a joiner in memory: {points}");
        points.ShouldBeGreaterThan(40);
    }

    [Fact]
    public async Task Killed_at_any_write_over_sqlite_a_joiner_is_applied_exactly_once()
    {
        var folder = Directory.CreateTempSubdirectory("mesh-crash-");
        try
        {
            var points = await SweepAsync(power => Sqlite(folder.FullName, power), JoinAsync, CheckJoinedAsync, Sweep.Pick(9, 1), redelivered: [true]);
            Progress.Show($"crash points of a joiner over SQLite: {points}");
            points.ShouldBeGreaterThan(10);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Killed_at_any_write_while_a_group_is_undone_the_undoing_is_finished_once()
    {
        var points = await SweepAsync(Memory, JoinFailingAsync, CheckUndoneAsync, Sweep.Pick(2, 1), redelivered: [false]);
        Progress.Show($"crash points of a failing joiner: {points}");
    }

    [Fact]
    public async Task Killed_at_any_write_a_leaver_still_ends_everything_once()
    {
        var points = await SweepAsync(Memory, LeaveAsync, CheckLeftAsync, Sweep.Pick(2, 1), redelivered: [false]);
        Progress.Show($"crash points of a joiner and leaver: {points}");
    }

    static async Task<int> SweepAsync(
        Func<Power, Stand> stand, Func<CrashRun, Task> life, Func<CrashRun, string, Task> check, int stride, bool[] redelivered)
    {
        var points = 0;
        foreach (var again in redelivered)
        {
            foreach (var after in new[] { false, true })
            {
                for (var write = 1; ; write += stride)
                {
                    var power = new Power();
                    await using var stores = stand(power);
                    await using var run = new CrashRun(Configuration, stores, power, again);
                    await run.LiveAsync(life, write, after);
                    await check(run, $"cut {(after ? "after" : "before")} write {write}, {(again ? "with" : "without")} redelivery");
                    if (!run.Died)
                    {
                        break;
                    }

                    points++;
                }
            }
        }

        return points;
    }

    static Stand Memory(Power power) => new(new MemoryRowStore(), new MemoryWorkflowHistory(TimeProvider.System), null);

    static Stand Sqlite(string folder, Power power)
    {
        var database = SqliteDatabase.Open(new SqliteOptions(Path.Combine(folder, Path.GetRandomFileName())));
        return new Stand(new SqliteRowStore(database), new SqliteWorkflowHistory(database, TimeProvider.System), database);
    }

    static Task JoinAsync(CrashRun run) => run.CarryAsync(run.World.Hr("ada", 1));

    static async Task CheckJoinedAsync(CrashRun run, string shown)
    {
        run.Effects.ShouldBe(["t1 create ", "t1 grant group:All", "t1 grant group:IT", "t2 create ", "t2 grant role:all"], customMessage: shown);
        (await run.World.ViewAsync("ada"))!.Grants.Count.ShouldBe(3, shown);
        (await run.World.ExceptionsAsync()).ShouldBeEmpty(shown);
        await run.CheckOrderlyAsync(["ada-1"], shown);
    }

    static Task JoinFailingAsync(CrashRun run)
    {
        run.World.Script.On = call => call is { Operation: "grant", Target: "t2" } ? Behaviour.Fail(FailureKind.Rejected) : Behaviour.Obey;
        return run.CarryAsync(run.World.Hr("ada", 1));
    }

    static async Task CheckUndoneAsync(CrashRun run, string shown)
    {
        run.Effects.ShouldBe(["t1 create ", "t1 grant group:All", "t1 grant group:IT", "t1 revoke group:All", "t2 create "], customMessage: shown);
        (await run.World.ViewAsync("ada"))!.Grants.Select(g => g.Name).ShouldBe(["group:IT"], customMessage: shown);
        (await run.World.ExceptionsAsync()).Select(e => e.Kind).ShouldBe(["group-failed"], customMessage: shown);
        await run.CheckOrderlyAsync(["ada-1"], shown);
    }

    static async Task LeaveAsync(CrashRun run)
    {
        await run.CarryAsync(run.World.Hr("ada", 1));
        await run.CarryAsync(run.World.Leaver("ada", 2));
    }

    static async Task CheckLeftAsync(CrashRun run, string shown)
    {
        run.World.Targets.Values.SelectMany(t => t.Native.Values).ShouldAllBe(a => !a.Active && a.Sessions == 0 && a.Rights.Count == 0, shown);
        run.Effects.ShouldBeUnique(shown);
        run.Effects.Count.ShouldBe(12, shown);
        (await run.World.ExceptionsAsync()).ShouldBeEmpty(shown);
        await run.CheckOrderlyAsync(["ada-1", "ada-2"], shown);
    }
}
