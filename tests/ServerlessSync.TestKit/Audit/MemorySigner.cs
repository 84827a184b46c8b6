using System.Security.Cryptography;
using ServerlessSync.Mesh.Audit;

namespace ServerlessSync.TestKit.Audit;

/// <summary>Signs with a key in memory.</summary>
public sealed class MemorySigner : ICheckpointSigner, IDisposable
{
    readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public MemorySigner()
    {
        Public = CheckpointKey.FromPem(_key.ExportSubjectPublicKeyInfoPem());
        Key = CheckpointKey.NameOf(_key);
    }

    public string Key { get; }

    /// <summary>The public half.</summary>
    public CheckpointKey Public { get; }

    /// <summary>Whether the key cannot be used.</summary>
    public bool IsBroken { get; set; }

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken) => IsBroken
        ? throw new IOException("The key cannot be used.")
        : new(_key.SignHash(hash.Span, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    public void Dispose()
    {
        _key.Dispose();
        Public.Dispose();
    }
}
