using System.Globalization;
using ServerlessSync.Hosting;

namespace ServerlessSync.Benchmarks.Reconciliation;

using Comparison = ServerlessSync.Mesh.Reconciliation.Comparison;
using ImageMerge = ServerlessSync.Mesh.Reconciliation.ImageMerge;

/// <summary>What runs in a process of its own: the comparison of the two files of a folder, from sorted or unsorted ones.</summary>
static class Contestant
{
    /// <summary>The first argument that asks for it.</summary>
    public const string Command = "--reconcile";

    public const string Sorted = "sorted";

    public const string Unsorted = "unsorted";

    /// <summary>
    /// Compares again and again until so much time has gone by, and prints what the last time found and took: kinds with their numbers, seconds,
    /// peak memory. A small comparison is over before its code is compiled for good; its figure would be that of the compiler.
    /// </summary>
    public static async Task RunAsync(string order, string folder, TimeSpan warmUp, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        DriftTally tally;
        TimeSpan elapsed;
        bool isWarm;
        do
        {
            isWarm = TimeProvider.System.GetElapsedTime(start) >= warmUp;
            tally = new DriftTally(CsvSide.Schema);
            var began = TimeProvider.System.GetTimestamp();
            await (order == Sorted ? MergeAsync(folder, tally, cancellationToken) : SortAndMergeAsync(folder, tally, cancellationToken));
            elapsed = TimeProvider.System.GetElapsedTime(began);
        }
        while (!isWarm);

        foreach (var (drift, count) in tally.Found)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{drift} {count}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seconds {elapsed.TotalSeconds}"));
        Console.WriteLine(await PeakMemoryAsync(cancellationToken));
    }

    /// <summary>The most memory this process has held, as Linux says it.</summary>
    public static async Task<string> PeakMemoryAsync(CancellationToken cancellationToken) =>
        (await File.ReadAllLinesAsync("/proc/self/status", cancellationToken)).Single(line => line.StartsWith("VmHWM", StringComparison.Ordinal));

    static async Task MergeAsync(string folder, DriftTally tally, CancellationToken cancellationToken)
    {
        using var record = Open(folder, isTarget: false, isSorted: true);
        using var target = Open(folder, isTarget: true, isSorted: true);
        await using var comparison = new Comparison(ImageMerge.Of(record.ReadSortedAsync()), ImageMerge.Of(target.ReadSortedAsync()));
        await comparison.RunAsync(tally, long.MaxValue, cancellationToken);
    }

    static async Task SortAndMergeAsync(string folder, DriftTally tally, CancellationToken cancellationToken)
    {
        var runs = new FileSortedRunStore(Path.Combine(folder, "runs"));
        await Task.WhenAll(
            Task.Run(() => SortAsync(runs, folder, isTarget: false, cancellationToken), cancellationToken),
            Task.Run(() => SortAsync(runs, folder, isTarget: true, cancellationToken), cancellationToken));
        await using var comparison = await Comparison.OpenAsync(runs, SideOf(isTarget: false), SideOf(isTarget: true), default, cancellationToken);
        await comparison.RunAsync(tally, long.MaxValue, cancellationToken);
        await runs.DropAsync(SideOf(isTarget: false), cancellationToken);
        await runs.DropAsync(SideOf(isTarget: true), cancellationToken);
    }

    static async Task SortAsync(FileSortedRunStore runs, string folder, bool isTarget, CancellationToken cancellationToken)
    {
        using var side = Open(folder, isTarget, isSorted: false);
        await side.SortAsync(runs, SideOf(isTarget), cancellationToken);
    }

    static CsvSide Open(string folder, bool isTarget, bool isSorted) => new(DriftFiles.PathOf(folder, isTarget, isSorted), CsvSide.Schema);

    static string SideOf(bool isTarget) => isTarget ? "target" : "record";
}
