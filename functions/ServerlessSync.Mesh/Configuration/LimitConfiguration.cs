namespace ServerlessSync.Mesh.Configuration;

/// <summary>How fast a target may be called.</summary>
public sealed record LimitConfiguration
{
    /// <summary>Requests per second; a call may make several.</summary>
    /// <value>50</value>
    public double RatePerSecond { get; init; } = 50;

    /// <summary>Calls at once.</summary>
    /// <value>8</value>
    public int Parallel { get; init; } = 8;
}
