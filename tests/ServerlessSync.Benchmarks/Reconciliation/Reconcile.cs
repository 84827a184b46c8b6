using System.Globalization;

namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>
/// The comparison of a million identities with a million accounts, from sorted files and from unsorted ones, beside SQLite's load and full outer join of
/// the same files; each in a process of its own, in turns, checked against what was planted. Then ours at other sizes.
/// </summary>
public sealed class Reconcile : IBenchmark
{
    const int Compared = 1_000_000;
    const int Rounds = 3;

    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    static readonly (string Name, int Rows)[] Curve = [("10k", 10_000), ("100k", 100_000), ("1m", Compared), ("5m", 5_000_000)];

    /// <inheritdoc/>
    public string Name => "reconcile";

    /// <inheritdoc/>
    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        report.Note("reconcile: records are those of both sides; memory is the most a process held; -linear is 1m over 100k");
        foreach (var order in (string[])[Contestant.Sorted, Contestant.Unsorted])
        {
            var perSecond = new Dictionary<int, double>();
            foreach (var (size, rows) in Curve)
            {
                using var scratch = new Scratch(Name);
                var folder = scratch.File(size);
                var files = new DriftFiles(folder, rows);
                files.Write(order == Contestant.Sorted);
                if (rows == Compared)
                {
                    await CompareAsync(report, order, folder, files, cancellationToken);
                }

                var run = await MedianAsync(() => ContestantProcess.RunOursAsync(order, folder, WarmUp, cancellationToken), files);
                perSecond[rows] = files.Records / run.Seconds;
                report.Figure($"{Name}-{order}-{size}", perSecond[rows], "records/s");
                report.Figure($"{Name}-{order}-{size}-memory", run.PeakMegabytes, "MB");
            }

            report.Figure($"{Name}-{order}-linear", perSecond[Compared] / perSecond[100_000], "x");
        }
    }

    async Task CompareAsync(Report report, string order, string folder, DriftFiles files, CancellationToken cancellationToken)
    {
        var (ours, sqlite) = (new List<ContestantRun>(), new List<ContestantRun>());
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(Check(await ContestantProcess.RunOursAsync(order, folder, TimeSpan.Zero, cancellationToken), files));
            sqlite.Add(Check(await ContestantProcess.RunSqliteAsync(order == Contestant.Sorted, folder, cancellationToken), files));
        }

        var (subject, baseline) = (Median(ours), Median(sqlite));
        report.Figure($"{Name}-{order}", files.Records / subject.Elapsed.TotalSeconds, "records/s", "sqlite", files.Records / baseline.Elapsed.TotalSeconds);
        report.Figure($"{Name}-{order}-memory", subject.PeakMegabytes, "MB", "sqlite", baseline.PeakMegabytes);
    }

    static async Task<ContestantRun> MedianAsync(Func<Task<ContestantRun>> run, DriftFiles files)
    {
        var runs = new List<ContestantRun>();
        for (var round = 0; round < Rounds; round++)
        {
            runs.Add(Check(await run(), files));
        }

        return Median(runs);
    }

    static ContestantRun Median(List<ContestantRun> runs) => runs.OrderBy(run => run.Seconds).ElementAt(runs.Count / 2);

    static ContestantRun Check(ContestantRun run, DriftFiles files)
    {
        var planted = run.Found.ContainsKey("All")
            ? new Dictionary<string, int> { ["All"] = files.Planted.Values.Sum() }
            : files.Planted.ToDictionary(kind => kind.Key.ToString(), kind => kind.Value);
        return Check(run, planted);
    }

    /// <summary>The run, when it found what was planted and nothing else.</summary>
    internal static ContestantRun Check(ContestantRun run, IReadOnlyDictionary<string, int> planted) =>
        planted.Count == run.Found.Count && planted.All(kind => run.Found.GetValueOrDefault(kind.Key) == kind.Value)
            ? run
            : throw new InvalidOperationException($"Planted were {Show(planted)}; found were {Show(run.Found)}.");

    static string Show(IReadOnlyDictionary<string, int> kinds) =>
        string.Join(", ", kinds.OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value}")));
}
