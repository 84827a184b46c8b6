using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>Where streams lie.</summary>
static class AuditTables
{
    /// <summary>The tables that hold streams, in ordinal order: one stream a partition.</summary>
    public static IReadOnlyList<string> All { get; } = [TableNames.Drifts, TableNames.Exceptions, TableNames.Identities];
}
