namespace ServerlessSync.Benchmarks;

/// <summary>Durations of single operations, added from any number of threads, and their percentiles.</summary>
public sealed class Latencies
{
    readonly Lock _lock = new();
    readonly List<TimeSpan> _samples = [];

    /// <summary>Adds one duration.</summary>
    public void Add(TimeSpan sample)
    {
        lock (_lock)
        {
            _samples.Add(sample);
        }
    }

    /// <summary>The smallest sample that so many percent of all samples do not exceed.</summary>
    /// <param name="percent">0 to 100.</param>
    /// <exception cref="InvalidOperationException">There is no sample.</exception>
    public TimeSpan Percentile(double percent)
    {
        lock (_lock)
        {
            if (_samples.Count == 0)
            {
                throw new InvalidOperationException("There is no sample to take a percentile of.");
            }

            _samples.Sort();
            var rank = (int)Math.Ceiling(percent / 100 * _samples.Count);
            return _samples[Math.Clamp(rank - 1, 0, _samples.Count - 1)];
        }
    }
}
