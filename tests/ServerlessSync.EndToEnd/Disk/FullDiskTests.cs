using System.Diagnostics;
using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Disk;

/// <summary>The built program on a disk of one megabyte, which fills; mounting one needs root.</summary>
public sealed class FullDiskTests
{
    static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task On_a_full_disk_nothing_is_acknowledged_the_host_ends_and_with_more_room_everything_acknowledged_is_there()
    {
        using var limit = new CancellationTokenSource(LongestRun, TimeProvider.System);
        await using var world = await KillWorld.StartAsync(KillWorld.OnSqlite, foreign: null, limit.Token);
        Directory.CreateDirectory(world.DataFolder);
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", world.DataFolder);
        try
        {
            var run = new DiskRun(world);
            await run.PrepareAsync(limit.Token);

            var report = await run.FailAsync([], limit.Token);

            Progress.Show(FormattableString.Invariant($"disk of 1 MB: {report.Acknowledged.Count} acknowledged before it was full, 0 of {report.Refused.Count} after"));
            report.Acknowledged.ShouldNotBeEmpty();
            report.Refused.ShouldNotBeEmpty();
            report.Late.ShouldBe(0);
            report.Others.ShouldBeEmpty();
            report.ExitCode.ShouldBe(1, report.Output);

            var again = await HostProgram.RunAsync(HostProgram.ServeWords(world.ConfigurationPath, world.StoreWords), world.Environment, limit.Token);
            again.ExitCode.ShouldBe(1);
            again.Errors.ShouldHaveSingleItem().ShouldStartWith("serverlesssync: SQLite ");

            await RunAsync("mount", "-o", "remount,size=64m", world.DataFolder);
            await run.RecoverAsync(report, limit.Token);
        }
        finally
        {
            await RunAsync("umount", world.DataFolder);
        }
    }

    static async Task RunAsync(string program, params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true, UseShellExecute = false })!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', words)}: {said}");
    }
}
