namespace ServerlessSync.Mesh.Model;

/// <summary>Kind of an identity.</summary>
public enum IdentityKind
{
    /// <summary>A human being.</summary>
    Person,

    /// <summary>An account a program uses.</summary>
    ServiceAccount,

    /// <summary>A deployed program with an identity of its own.</summary>
    Workload,

    /// <summary>An AI agent.</summary>
    Agent,
}
