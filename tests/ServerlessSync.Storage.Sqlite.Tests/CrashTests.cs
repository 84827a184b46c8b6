using System.Diagnostics;
using ServerlessSync.Mesh.Storage;
using Shouldly;

namespace ServerlessSync.Storage.Sqlite.Tests;

public sealed class CrashTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_process_killed_in_mid_load_loses_nothing_it_acknowledged_and_its_lease_is_taken_at_once()
    {
        var acknowledged = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            acknowledged.AddRange(await WriteUntilKilled($"r{round}", 400 + (150 * round)));
        }

        await using var database = _folder.Open();
        var store = new SqliteRowStore(database);
        var history = new SqliteWorkflowHistory(database, TimeProvider.System);
        await history.AcquireAsync(ProcessIdentity.Current(), TimeSpan.FromHours(1), CancellationToken.None);
        acknowledged.ShouldAllBe(line => line != "conflict");
        foreach (var key in acknowledged)
        {
            (await store.GetAsync(new("t", key, "a"), CancellationToken.None)).ShouldNotBeNull().Body.Length.ShouldBe(700);
            (await history.LoadAsync(key, CancellationToken.None)).ShouldNotBeNull().Events.Count.ShouldBe(2);
        }

        await EveryBatchIsWhole(store);
    }

    static async Task EveryBatchIsWhole(SqliteRowStore store)
    {
        var perPartition = new Dictionary<string, int>(StringComparer.Ordinal);
        await foreach (var row in store.ScanAsync("t", KeyRange.All, CancellationToken.None))
        {
            perPartition[row.Partition] = perPartition.GetValueOrDefault(row.Partition) + 1;
        }

        perPartition.Values.ShouldAllBe(rows => rows == 2);
    }

    /// <summary>What the child had said before it was killed by a signal it cannot see coming.</summary>
    async Task<List<string>> WriteUntilKilled(string name, int after)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CrashTests).Assembly.Location, _folder.File, name])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var child = Process.Start(start).ShouldNotBeNull();
        var lines = new List<string>();
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (lines.Count == after)
            {
                child.Kill();
            }
        }

        await child.WaitForExitAsync();
        lines.Count.ShouldBeGreaterThanOrEqualTo(after);

        // The last line may have been cut by the kill.
        return lines[..^1];
    }
}
