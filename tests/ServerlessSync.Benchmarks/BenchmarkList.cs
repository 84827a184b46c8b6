using ServerlessSync.Benchmarks.Audit;
using ServerlessSync.Benchmarks.Engine;
using ServerlessSync.Benchmarks.Intake;
using ServerlessSync.Benchmarks.Reconciliation;
using ServerlessSync.Benchmarks.Store;

namespace ServerlessSync.Benchmarks;

/// <summary>Every benchmark there is, and how one is chosen.</summary>
public static class BenchmarkList
{
    /// <summary>All of them, in the order they run.</summary>
    public static IReadOnlyList<IBenchmark> All { get; } = [new AuditVerify(), new EngineMemory(), new EngineSqlite(), new IntakeSqlite(), new Reconcile(), new ReconcileReal(), new StoreTables()];

    /// <summary>Runs those whose names begin with the filter.</summary>
    /// <returns>How many ran.</returns>
    public static async Task<int> RunAsync(IEnumerable<IBenchmark> benchmarks, string filter, Report report, CancellationToken cancellationToken)
    {
        var ran = 0;
        foreach (var benchmark in benchmarks.Where(benchmark => benchmark.Name.StartsWith(filter, StringComparison.Ordinal)))
        {
            await benchmark.RunAsync(report, cancellationToken);
            ran++;
        }

        return ran;
    }
}
