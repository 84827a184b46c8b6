using System.Diagnostics.CodeAnalysis;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>Reads rows that may be damaged without stopping at them.</summary>
static class Reading
{
    /// <summary>The content of a row; false when it is damaged or of another shape.</summary>
    public static bool Try<T>(Row row, [NotNullWhen(true)] out T? value)
        where T : class
    {
        try
        {
            value = MeshJson.FromRow<T>(row);
            return true;
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            value = null;
            return false;
        }
    }

    /// <summary>Whether a row in an identity's or exception's partition belongs to its audit stream.</summary>
    public static bool IsAudit(string key) =>
        key == AuditChain.HeadKey
        || key.StartsWith(AuditChain.EntryPrefix, StringComparison.Ordinal)
        || key.StartsWith(AuditChain.PayloadPrefix, StringComparison.Ordinal);
}
