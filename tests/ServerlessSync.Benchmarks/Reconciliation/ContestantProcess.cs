using System.Diagnostics;
using System.Globalization;

namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>What a process of its own took to compare.</summary>
/// <param name="Elapsed">From its start to its end.</param>
/// <param name="Seconds">Of the comparison alone, where it tells them.</param>
/// <param name="PeakMegabytes">The most memory it held.</param>
/// <param name="Found">What it found, by kind where it tells kinds.</param>
sealed record ContestantRun(TimeSpan Elapsed, double Seconds, double PeakMegabytes, IReadOnlyDictionary<string, int> Found)
{
    /// <summary>Seconds of each of its stages, where it tells them.</summary>
    public IReadOnlyDictionary<string, double> Stages { get; init; } = new Dictionary<string, double>();
}

/// <summary>Runs a contestant in a process of its own and reads what it prints.</summary>
static class ContestantProcess
{
    public static Task<ContestantRun> RunOursAsync(string order, string folder, TimeSpan warmUp, CancellationToken cancellationToken) =>
        RunAsync(Ours(Contestant.Command, order, folder, warmUp.TotalSeconds.ToString(CultureInfo.InvariantCulture)), "", cancellationToken);

    public static Task<ContestantRun> RunRealAsync(string folder, int people, CancellationToken cancellationToken) =>
        RunAsync(Ours(RealContestant.Command, folder, people.ToString(CultureInfo.InvariantCulture)), "", cancellationToken);

    public static Task<ContestantRun> RunSqliteAsync(bool isSorted, string folder, CancellationToken cancellationToken) =>
        RunAsync(new ProcessStartInfo("sqlite3", ["-batch", ":memory:"]), SqliteContestant.Script(folder, isSorted), cancellationToken);

    static ProcessStartInfo Ours(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Environment.GetCommandLineArgs()[0], .. arguments]);
        // As the local host runs.
        start.Environment["DOTNET_gcServer"] = "0";
        return start;
    }

    static async Task<ContestantRun> RunAsync(ProcessStartInfo start, string input, CancellationToken cancellationToken)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.UseShellExecute) = (true, true, false);
        var began = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(start)!;
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            var elapsed = TimeProvider.System.GetElapsedTime(began);
            return process.ExitCode == 0 ? Read(output, elapsed) : throw new InvalidOperationException($"{start.FileName} ended with {process.ExitCode}: {output}");
        }
        finally
        {
            process.Kill();
        }
    }

    static ContestantRun Read(string output, TimeSpan elapsed)
    {
        var (seconds, peak, found, stages) = (elapsed.TotalSeconds, 0.0, new Dictionary<string, int>(), new Dictionary<string, double>());
        foreach (var words in output.Split('\n').Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 1))
        {
            switch (words[0])
            {
                case "seconds":
                    seconds = double.Parse(words[1], CultureInfo.InvariantCulture);
                    break;
                case "stage":
                    stages.Add(words[1], double.Parse(words[2], CultureInfo.InvariantCulture));
                    break;
                case "VmHWM:":
                    peak = double.Parse(words[1], CultureInfo.InvariantCulture) / 1024;
                    break;
                default:
                    found.Add(words[0], int.Parse(words[1], CultureInfo.InvariantCulture));
                    break;
            }
        }

        return new ContestantRun(elapsed, seconds, peak, found) { Stages = stages };
    }
}
