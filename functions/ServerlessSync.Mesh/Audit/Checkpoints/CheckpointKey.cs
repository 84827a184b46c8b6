using System.Security.Cryptography;

namespace ServerlessSync.Mesh.Audit;

/// <summary>The public half of a key that signs checkpoints: all that verification needs.</summary>
public sealed class CheckpointKey : IDisposable
{
    const int SignatureBytes = 64;
    readonly ECDsa _key;

    CheckpointKey(ECDsa key)
    {
        _key = key;
        Name = NameOf(key);
    }

    /// <summary>SHA-256 of the key as SubjectPublicKeyInfo, base64.</summary>
    public string Name { get; }

    /// <summary>Reads a public key written as PEM.</summary>
    /// <exception cref="FormatException">The text is no public key on the curve P-256.</exception>
    public static CheckpointKey FromPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize == 256)
            {
                return new CheckpointKey(key);
            }
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            // Said below.
        }

        key.Dispose();
        throw new FormatException("no public key on the curve P-256 in PEM form");
    }

    /// <summary>The name of a key.</summary>
    public static string NameOf(ECDsa key) => Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    /// <summary>Whether this key signed the checkpoint's hash.</summary>
    public bool HasSigned(Checkpoint checkpoint)
    {
        Span<byte> signature = stackalloc byte[SignatureBytes];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        return Convert.TryFromBase64String(checkpoint.Signature ?? string.Empty, signature, out var bytes) && bytes == SignatureBytes
            && Convert.TryFromBase64String(checkpoint.Hash ?? string.Empty, hash, out bytes) && bytes == hash.Length
            && _key.VerifyHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
