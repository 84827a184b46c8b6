namespace ServerlessSync.Mesh.Planning;

/// <summary>What an event means for the identity.</summary>
public enum ChangeClass
{
    /// <summary>Nothing is recorded of it yet.</summary>
    Joiner,

    /// <summary>It is active and its record may have changed.</summary>
    Mover,

    /// <summary>It has left.</summary>
    Leaver,

    /// <summary>It had left and is back.</summary>
    Rehire,

    /// <summary>It is away for a while.</summary>
    Suspension,

    /// <summary>Something it depends on changed.</summary>
    Refresh,
}
