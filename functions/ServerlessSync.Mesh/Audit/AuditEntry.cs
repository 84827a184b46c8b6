namespace ServerlessSync.Mesh.Audit;

/// <summary>An entry of a stream. Its hash covers everything here and the hash before; the payload only by its salted hash.</summary>
/// <param name="Number">1, 2, 3... in its stream.</param>
/// <param name="Id">Stable id.</param>
/// <param name="Kind">What it speaks of.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="PayloadHash">SHA-256 of salt and payload, base64.</param>
/// <param name="Previous">Hash of the entry before; the stream's name hashed for the first.</param>
/// <param name="Hash">SHA-256 over all of the above, base64.</param>
public sealed record AuditEntry(long Number, string Id, AuditKind Kind, DateTimeOffset At, string PayloadHash, string Previous, string Hash);
