namespace ServerlessSync.Mesh.Policy;

/// <summary>The names policy rules may ask for beside attribute names, and the words they can be compared with.</summary>
public static class PolicyInputs
{
    /// <summary>The operation's word.</summary>
    public const string Operation = "operation";

    /// <summary>The target.</summary>
    public const string Target = "target";

    /// <summary>The entitlement that asks.</summary>
    public const string Entitlement = "entitlement";

    /// <summary>The entitlement's risk.</summary>
    public const string Risk = "risk";

    /// <summary>The attribute whose value is to be accepted.</summary>
    public const string Attribute = "attribute";

    /// <summary>The operation that takes what a target holds into the record.</summary>
    public const string Accept = "accept";

    /// <summary>The kind of the identity.</summary>
    public const string Kind = "kind";

    /// <summary>Operations that only take away; the deletion in a rollback removes nothing but what the run itself created.</summary>
    public static IReadOnlyList<string> TakingAway { get; } = ["deleteCreated", "disable", "prove", "revoke", "revokeAll", "revokeSessions"];

    /// <summary>Every operation, in ordinal order.</summary>
    public static IReadOnlyList<string> Operations { get; } = [.. TakingAway.Concat([Accept, "create", "delete", "enable", "grant", "start", "update"]).Order(StringComparer.Ordinal)];

    /// <summary>The steps of risk.</summary>
    public static IReadOnlyList<string> Risks { get; } = ["low", "medium", "high"];
}
