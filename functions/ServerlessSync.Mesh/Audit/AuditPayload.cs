namespace ServerlessSync.Mesh.Audit;

/// <summary>The content of an entry, kept beside it.</summary>
/// <param name="Salt">Random, base64, so that an erased payload cannot be guessed from its hash.</param>
/// <param name="Content">The content as JSON text.</param>
public sealed record AuditPayload(string Salt, string Content);
