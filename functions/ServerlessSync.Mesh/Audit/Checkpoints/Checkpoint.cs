namespace ServerlessSync.Mesh.Audit;

/// <summary>A signed statement that certain streams held certain entries. Checkpoints are a chain of their own.</summary>
/// <param name="Number">1, 2, 3... in the chain.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Previous">Hash of the checkpoint before, base64; a fixed one for the first.</param>
/// <param name="Leaves">Streams it speaks of.</param>
/// <param name="Root">Merkle root over them, base64.</param>
/// <param name="Key">Which key signed it: SHA-256 of the public key as SubjectPublicKeyInfo, base64.</param>
/// <param name="Hash">SHA-256 over all of the above, base64.</param>
/// <param name="Signature">ECDSA P-256 over the hash, IEEE P1363 form, base64.</param>
public sealed record Checkpoint(
    long Number, DateTimeOffset At, string Previous, long Leaves, string Root, string Key, string Hash, string Signature);
