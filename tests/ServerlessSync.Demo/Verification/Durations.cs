namespace ServerlessSync.Demo.Verification;

/// <summary>A handful of durations and their percentiles.</summary>
sealed class Durations
{
    readonly List<TimeSpan> _all = [];

    public int Count => _all.Count;

    public void Add(TimeSpan duration) => _all.Add(duration);

    /// <summary>The smallest that so many percent of all do not exceed, as text.</summary>
    public string Percentile(int percent)
    {
        _all.Sort();
        var rank = (int)Math.Ceiling(percent / 100.0 * _all.Count);
        return _all.Count == 0 ? "none" : FormattableString.Invariant($"{_all[Math.Clamp(rank - 1, 0, _all.Count - 1)].TotalMilliseconds:F0}ms");
    }

    /// <summary>Median, 95th percentile and longest, for people.</summary>
    public override string ToString() => $"median {Percentile(50)}, p95 {Percentile(95)}, max {Percentile(100)}";
}
