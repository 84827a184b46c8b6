namespace ServerlessSync.Hosting;

/// <summary>The files of an anchor in a folder outside the store, and of the key that signs for it.</summary>
sealed class AnchorFiles(string folder)
{
    /// <summary>The public half of the key.</summary>
    public string PublicKey => Path.Combine(folder, "audit-key.pub.pem");

    /// <summary>The anchor.</summary>
    public FileAnchor Anchor => new(Path.Combine(folder, "checkpoints.jsonl"));

    string PrivateKey => Path.Combine(folder, "audit-key.pem");

    /// <summary>Makes the folder when it is absent and opens the key, which is made at the first start.</summary>
    /// <exception cref="IOException">Folder or key cannot be used.</exception>
    public FileSigner OpenSigner()
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }

        return FileSigner.Open(PrivateKey, PublicKey);
    }
}
