using System.Globalization;

namespace ServerlessSync.Benchmarks;

/// <summary>Prints figures, one line each: <c>bench NAME value UNIT BASELINE value UNIT ratio X.XX</c>.</summary>
public sealed class Report(TextWriter output)
{
    /// <summary>A figure with nothing to compare it with.</summary>
    public void Figure(string name, double value, string unit) => output.WriteLine($"bench {name} {Number(value)} {unit}");

    /// <summary>A figure beside its baseline; the ratio is value over baseline.</summary>
    public void Figure(string name, double value, string unit, string baselineName, double baseline) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"bench {name} {Number(value)} {unit} {baselineName} {Number(baseline)} {unit} ratio {value / baseline:F2}"));

    /// <summary>A figure beside its baseline when there is one.</summary>
    public void Figure(string name, double value, string unit, string? baselineName, double? baseline)
    {
        if (baselineName is not null && baseline is { } known)
        {
            Figure(name, value, unit, baselineName, known);
        }
        else
        {
            Figure(name, value, unit);
        }
    }

    /// <summary>
    /// The lines of one comparison: NAME in operations per second, then NAME-bytes and NAME-cpu for one operation.
    /// </summary>
    /// <param name="name">The benchmark.</param>
    /// <param name="unit">What is counted per second, for example <c>workflows/s</c>.</param>
    /// <param name="comparison">What was measured.</param>
    public void Comparison(string name, string unit, Comparison comparison)
    {
        var subject = comparison.Subject;
        var baseline = comparison.Baseline;
        Figure(name, subject.PerSecond, unit, comparison.BaselineName, baseline?.PerSecond);
        Figure(name + "-bytes", subject.BytesPerOperation, "B/op", comparison.BaselineName, baseline?.BytesPerOperation);
        Figure(name + "-cpu", subject.CpuPerOperation.TotalMicroseconds, "us/op", comparison.BaselineName, baseline?.CpuPerOperation.TotalMicroseconds);
    }

    /// <summary>Something that is no figure, shown while a benchmark runs.</summary>
    public void Note(string text) => output.WriteLine("# " + text);

    static string Number(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("F0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.ToString("F2", CultureInfo.InvariantCulture),
    };
}
