namespace ServerlessSync.Mesh.Storage;

/// <summary>How much of a target a comparison reads.</summary>
public enum ReconciliationMode
{
    /// <summary>All of it.</summary>
    Complete,

    /// <summary>The accounts that changed since the comparison before; what was deleted, and who has no account, is not among them.</summary>
    Changes,
}
