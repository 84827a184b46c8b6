namespace ServerlessSync.Mesh.Configuration;

/// <summary>What a key of the API may do, as mesh.yaml writes it.</summary>
public static class ApiRoles
{
    /// <summary>Reads.</summary>
    public const string Viewer = "viewer";

    /// <summary>Starts, steers and stops runs, and replays refused events.</summary>
    public const string Operator = "operator";

    /// <summary>Approves what policy leaves to a person.</summary>
    public const string Approver = "approver";

    /// <summary>Every role.</summary>
    public static IReadOnlyList<string> All { get; } = [Viewer, Operator, Approver];
}
