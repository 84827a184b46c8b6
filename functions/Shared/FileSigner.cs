using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessSync.Mesh.Audit;

namespace ServerlessSync.Hosting;

/// <summary>Signs checkpoints with a key in a file that only its owner may read. The key is made at the first start.</summary>
sealed class FileSigner : ICheckpointSigner, IAsyncDisposable
{
    readonly ECDsa _key;

    FileSigner(ECDsa key) => (_key, Key) = (key, CheckpointKey.NameOf(key));

    /// <inheritdoc/>
    public string Key { get; }

    /// <summary>
    /// Reads the key, or makes one, and writes its public half beside it. A key that is gone is not made anew: what another key signs does not
    /// count under the public half that is there.
    /// </summary>
    /// <exception cref="IOException">The files cannot be read or written, hold no key, or are not halves of one.</exception>
    public static FileSigner Open(string privateKey, string publicKey)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            // Asked first, for it is written last: where it stands, the private half was made before.
            var known = File.Exists(publicKey);
            if (!File.Exists(privateKey))
            {
                RefuseAnother(privateKey, publicKey, known);
                WriteWhole(privateKey, key.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            // Read back also when it was just made: another host may have been faster.
            key.ImportFromPem(File.ReadAllText(privateKey));
            if (!File.Exists(publicKey))
            {
                WriteWhole(publicKey, key.ExportSubjectPublicKeyInfoPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            }

            var signer = new FileSigner(key);
            RequireHalves(signer, privateKey, publicKey);
            return signer;
        }
        catch (Exception e)
        {
            key.Dispose();
            throw e is ArgumentException or CryptographicException or FormatException or UnauthorizedAccessException
                ? new IOException($"'{privateKey}' cannot be used as the key that signs audit checkpoints: {e.Message}", e)
                : e;
        }
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken) =>
        new(_key.SignHash(hash.Span, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _key.Dispose();
        return ValueTask.CompletedTask;
    }

    static void RefuseAnother(string privateKey, string publicKey, bool known)
    {
        if (known)
        {
            throw new IOException(
                $"'{privateKey}' is gone, and '{publicKey}' is the public half of it. Put it back; or begin another anchor folder and copy the public half into it as earlier.pub.pem.");
        }
    }

    static void RequireHalves(FileSigner signer, string privateKey, string publicKey)
    {
        using var half = CheckpointKey.FromPem(File.ReadAllText(publicKey));
        if (half.Name != signer.Key)
        {
            throw new IOException($"'{publicKey}' is not the public half of '{privateKey}': nothing signed with the one would count under the other. Put back the pair.");
        }
    }

    /// <summary>Writes a file under another name first: a crash leaves it whole or not at all, and one that is there already stays.</summary>
    static void WriteWhole(string path, string text, UnixFileMode mode)
    {
        var written = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}");
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (var file = new FileStream(written, options))
        {
            file.Write(Encoding.ASCII.GetBytes(text + "\n"));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(written, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(written);
        }
    }
}
