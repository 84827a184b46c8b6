namespace ServerlessSync.Mesh.Configuration;

/// <summary>How long anything may wait.</summary>
public sealed record DeadlineConfiguration
{
    /// <summary>How long a leaver may take before a named person owns what is left.</summary>
    /// <value>24 hours</value>
    public TimeSpan Leaver { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long an approval may take.</summary>
    /// <value>3 days</value>
    public TimeSpan Approval { get; init; } = TimeSpan.FromDays(3);

    /// <summary>How long an exception may stay open.</summary>
    /// <value>7 days</value>
    public TimeSpan Exception { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long one attempt of one effect may take; an effect whose answer has not come then is unknown.</summary>
    /// <value>30 seconds</value>
    public TimeSpan Attempt { get; init; } = TimeSpan.FromSeconds(30);
}
