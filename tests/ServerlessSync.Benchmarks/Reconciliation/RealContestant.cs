using System.Globalization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>What runs in a process of its own: one comparison through the mesh, of a registry that was made before.</summary>
static class RealContestant
{
    /// <summary>The first argument that asks for it.</summary>
    public const string Command = "--reconcile-real";

    /// <summary>Compares and prints what was found and what it took: kinds with their numbers, stages and the whole in seconds, peak memory.</summary>
    public static async Task RunAsync(string folder, int people, CancellationToken cancellationToken)
    {
        await using var mesh = new RealMesh(folder, people);
        var began = TimeProvider.System.GetTimestamp();
        var (ended, stages) = await mesh.CompareAsync(cancellationToken);
        var elapsed = TimeProvider.System.GetElapsedTime(began);
        if (ended.Outcome is not (ReconciliationOutcome.Completed or ReconciliationOutcome.Held))
        {
            throw new InvalidOperationException($"The comparison ended {ended.Outcome}: {ended.Reason}");
        }

        foreach (var (kind, count) in ended.Found)
        {
            Print($"{kind} {count}");
        }

        foreach (var (stage, time) in stages)
        {
            Print($"stage {stage} {time.TotalSeconds}");
        }

        Print($"seconds {elapsed.TotalSeconds}");
        Console.WriteLine(await Contestant.PeakMemoryAsync(cancellationToken));
    }

    static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
