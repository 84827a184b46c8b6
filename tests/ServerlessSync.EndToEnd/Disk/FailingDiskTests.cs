using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Disk;

/// <summary>The built program on a disk whose system calls fail, as strace(1) has them fail: once, after which they seem to work again.</summary>
public sealed class FailingDiskTests
{
    static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(5);

    public static TheoryData<string, string, int> Faults
    {
        get
        {
            var faults = new TheoryData<string, string, int>
            {
                { "fdatasync,fsync", "EIO", 9 },
                { "pwrite64", "ENOSPC", 60 },
            };
            for (var at = 7; Sweep.IsFull && at < 100; at += 6)
            {
                faults.Add("fdatasync,fsync", "EIO", at);
                faults.Add("pwrite64", "EIO", at * 3);
            }

            return faults;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task After_a_failed_write_or_sync_nothing_is_acknowledged_the_host_ends_and_what_it_acknowledged_is_there(string call, string error, int at)
    {
        using var limit = new CancellationTokenSource(LongestRun, TimeProvider.System);
        await using var world = await KillWorld.StartAsync(KillWorld.OnSqlite, foreign: null, limit.Token);
        var run = new DiskRun(world);
        await run.PrepareAsync(limit.Token);

        var report = await run.FailAsync(Strace(Path.Combine(world.DataFolder, "mesh.db"), call, error, at), limit.Token);

        Progress.Show(FormattableString.Invariant($"disk: {call} {error} at {at}: {report.Acknowledged.Count} acknowledged before, 0 of {report.Refused.Count} after"));
        report.Refused.ShouldNotBeEmpty();
        report.Late.ShouldBe(0);
        report.Others.ShouldBeEmpty();
        report.ExitCode.ShouldBe(1);
        report.Output.Split('\n').Count(line => line.StartsWith("serverlesssync: SQLite ", StringComparison.Ordinal)).ShouldBe(1, report.Output);
        await run.RecoverAsync(report, limit.Token);
    }

    /// <summary>Each thread counts its own calls; the store has one that writes the log.</summary>
    static string[] Strace(string database, string call, string error, int at) =>
    [
        "strace", "-f", "-qqq", "-o", "/dev/null", "-P", database, "-P", database + "-wal", "-e", "trace=" + call,
        "-e", FormattableString.Invariant($"inject={call}:error={error}:when={at}"), "/usr/bin/setpriv", "--pdeathsig", "KILL", "--",
    ];
}
