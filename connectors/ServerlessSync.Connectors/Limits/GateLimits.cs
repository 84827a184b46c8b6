namespace ServerlessSync.Connectors.Limits;

/// <summary>How hard a target may be pressed.</summary>
public sealed record GateLimits
{
    /// <summary>How many requests may begin in a second; they are spread evenly. Below 1, a request begins every few seconds.</summary>
    /// <value>50.</value>
    public double RatePerSecond { get; init; } = 50;

    /// <summary>How many calls may run at once.</summary>
    /// <value>8.</value>
    public int Parallel { get; init; } = 8;

    /// <summary>How many calls may wait; one more fails at once.</summary>
    /// <value>10,000.</value>
    public int LongestQueue { get; init; } = 10_000;

    /// <summary>How long all calls pause when the target asks to slow down without saying for how long.</summary>
    /// <value>One second.</value>
    public TimeSpan DefaultPause { get; init; } = TimeSpan.FromSeconds(1);
}
