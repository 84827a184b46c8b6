namespace ServerlessSync.Mesh.Audit;

/// <summary>Signs checkpoints with a key that lies outside the store.</summary>
public interface ICheckpointSigner
{
    /// <summary>Name of the key: <see cref="CheckpointKey.Name"/> of its public half.</summary>
    string Key { get; }

    /// <summary>Signs a SHA-256 hash with ECDSA P-256.</summary>
    /// <param name="hash">32 bytes.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>64 bytes, IEEE P1363 form.</returns>
    /// <exception cref="IOException">The key cannot be used now; the same call may succeed later.</exception>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken);
}
