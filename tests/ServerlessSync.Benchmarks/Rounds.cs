using System.Diagnostics;

namespace ServerlessSync.Benchmarks;

/// <summary>
/// Runs a subject and its baseline in turns, so that a machine that grows slower or faster meanwhile bears on both, and takes each
/// one's median round.
/// </summary>
public sealed class Rounds(TimeProvider time)
{
    /// <summary>Measured rounds of each side.</summary>
    /// <value>3</value>
    public int Count { get; init; } = 3;

    /// <summary>Rounds of each side before the measured ones.</summary>
    /// <value>1</value>
    public int WarmUp { get; init; } = 1;

    /// <summary>Done after each round of either side, outside what is measured.</summary>
    /// <value>null: nothing</value>
    public Func<CancellationToken, Task>? Between { get; init; }

    /// <summary>Measures a subject alone.</summary>
    /// <param name="subject">Does one round and returns how many operations it did.</param>
    /// <param name="cancellationToken">Ends the benchmark.</param>
    public async Task<Comparison> RunAsync(Func<CancellationToken, Task<long>> subject, CancellationToken cancellationToken)
    {
        var rounds = await InTurnsAsync([subject], cancellationToken);
        return new Comparison(Median(rounds[0]), null, null);
    }

    /// <summary>Measures a subject and its baseline.</summary>
    /// <param name="subject">Does one round and returns how many operations it did.</param>
    /// <param name="baselineName">What the baseline is called in the output.</param>
    /// <param name="baseline">One round of the baseline.</param>
    /// <param name="cancellationToken">Ends the benchmark.</param>
    public async Task<Comparison> RunAsync(
        Func<CancellationToken, Task<long>> subject,
        string baselineName,
        Func<CancellationToken, Task<long>> baseline,
        CancellationToken cancellationToken)
    {
        var rounds = await InTurnsAsync([subject, baseline], cancellationToken);
        return new Comparison(Median(rounds[0]), baselineName, Median(rounds[1]));
    }

    async Task<List<Measurement>[]> InTurnsAsync(Func<CancellationToken, Task<long>>[] sides, CancellationToken cancellationToken)
    {
        var measured = Array.ConvertAll(sides, _ => new List<Measurement>(Count));
        for (var round = -WarmUp; round < Count; round++)
        {
            for (var i = 0; i < sides.Length; i++)
            {
                // Every other round begins with the other side: neither always runs on what the first left behind.
                var side = round % 2 == 0 ? i : sides.Length - 1 - i;
                var measurement = await MeasureAsync(sides[side], cancellationToken);
                if (round >= 0)
                {
                    measured[side].Add(measurement);
                }

                if (Between is { } between)
                {
                    await between(cancellationToken);
                }
            }
        }

        return measured;
    }

    async Task<Measurement> MeasureAsync(Func<CancellationToken, Task<long>> side, CancellationToken cancellationToken)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var began = time.GetTimestamp();
        var operations = await side(cancellationToken);
        var elapsed = time.GetElapsedTime(began);
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        process.Refresh();
        return new Measurement(operations, elapsed, process.TotalProcessorTime - cpu, bytes);
    }

    static Measurement Median(List<Measurement> rounds) => rounds.OrderBy(round => round.PerSecond).ElementAt(rounds.Count / 2);
}
