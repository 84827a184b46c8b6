namespace ServerlessSync.Mesh.Audit;

/// <summary>Where a stream ends.</summary>
/// <param name="Number">Number of the last entry.</param>
/// <param name="Hash">Its hash.</param>
public sealed record AuditHead(long Number, string Hash)
{
    /// <summary>The head of a stream without entries.</summary>
    public static AuditHead Empty { get; } = new(0, string.Empty);
}
