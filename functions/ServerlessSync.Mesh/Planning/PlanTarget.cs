using ServerlessSync.Mesh.Configuration;

namespace ServerlessSync.Mesh.Planning;

/// <summary>What a target can do, read off its connector.</summary>
/// <param name="Configuration">As configured.</param>
/// <param name="Attributes">Attributes it can hold.</param>
/// <param name="HasGrants">Whether it gives rights.</param>
/// <param name="HasSessions">Whether sessions outlive a disabled account there.</param>
public sealed record PlanTarget(TargetConfiguration Configuration, IReadOnlyList<string> Attributes, bool HasGrants, bool HasSessions)
{
    /// <summary>Whether sign-in names that differ in case alone are two names there.</summary>
    /// <value>false</value>
    public bool ExactNames { get; init; }
}
