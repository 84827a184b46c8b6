namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>
/// The same comparison through the mesh: registry in SQLite, what is expected made by planner and policy, pages of accounts and rights from the connector
/// contract, sorted runs in files, the workflow on the engine; whoever differs is read again, and the plan is made. Checked against what was planted.
/// </summary>
public sealed class ReconcileReal : IBenchmark
{
    static readonly (string Name, int People)[] Sizes = [("10k", 10_000), ("100k", 100_000), ("1m", 1_000_000)];

    /// <inheritdoc/>
    public string Name => "reconcile-real";

    /// <inheritdoc/>
    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        report.Note("reconcile-real: records are identities and accounts; the registry is made before and not timed; memory is the most the process held");
        foreach (var (size, people) in Sizes)
        {
            using var scratch = new Scratch(Name);
            var folder = scratch.File(size);
            Directory.CreateDirectory(folder);
            await RealSeed.WriteAsync(RealMesh.FileOf(folder), people, cancellationToken);
            var planted = RealPerson.Planted(people);
            var run = Reconcile.Check(await ContestantProcess.RunRealAsync(folder, people, cancellationToken), planted);
            var records = (2L * people) - planted.GetValueOrDefault(nameof(Drift.Missing)) - planted.GetValueOrDefault(nameof(Drift.Orphan));
            report.Figure($"{Name}-{size}", records / run.Seconds, "records/s");
            report.Figure($"{Name}-{size}-seconds", run.Seconds, "s");
            report.Figure($"{Name}-{size}-memory", run.PeakMegabytes, "MB");
            foreach (var (stage, seconds) in run.Stages.Where(stage => stage.Value >= 0.01 * run.Seconds))
            {
                report.Figure($"{Name}-{size}-{stage}", seconds, "s");
            }
        }
    }
}
