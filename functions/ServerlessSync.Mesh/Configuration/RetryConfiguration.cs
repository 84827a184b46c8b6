namespace ServerlessSync.Mesh.Configuration;

/// <summary>How a failed attempt is repeated: exponential, with jitter, and never sooner than the target asked.</summary>
public sealed record RetryConfiguration
{
    /// <summary>Attempts in all. A revocation ignores this and is repeated until its deadline.</summary>
    /// <value>6</value>
    public int Attempts { get; init; } = 6;

    /// <summary>Wait after the first attempt.</summary>
    /// <value>1 second</value>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Factor from one wait to the next.</summary>
    /// <value>2</value>
    public double Factor { get; init; } = 2;

    /// <summary>Longest wait.</summary>
    /// <value>1 minute</value>
    public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(1);
}
