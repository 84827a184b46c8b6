namespace ServerlessSync.Benchmarks;

/// <summary>What one round cost.</summary>
/// <param name="Operations">Operations done.</param>
/// <param name="Elapsed">Time on the clock.</param>
/// <param name="Cpu">Processor time of the whole process.</param>
/// <param name="Bytes">Bytes allocated by the whole process.</param>
public sealed record Measurement(long Operations, TimeSpan Elapsed, TimeSpan Cpu, long Bytes)
{
    /// <summary>Operations per second.</summary>
    public double PerSecond => Operations / Elapsed.TotalSeconds;

    /// <summary>Bytes allocated for one operation.</summary>
    public double BytesPerOperation => (double)Bytes / Operations;

    /// <summary>Processor time for one operation.</summary>
    public TimeSpan CpuPerOperation => Cpu / Operations;
}

/// <summary>The median round of a subject and of what it is compared with.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="BaselineName">What the baseline is called, or null when there is none.</param>
/// <param name="Baseline">The baseline, or null.</param>
public sealed record Comparison(Measurement Subject, string? BaselineName, Measurement? Baseline);
