using System.CommandLine;
using ServerlessSync.Hosting;
using ServerlessSync.Mesh.Audit;

namespace ServerlessSync.LocalHost;

/// <summary>The folder outside the store that holds the anchor and the key that signs checkpoints.</summary>
sealed class AnchorFolder
{
    readonly string _folder;

    AnchorFolder(string folder) => _folder = folder;

    /// <summary>Whether something was ever anchored here, as far as can be seen.</summary>
    public bool Exists => File.Exists(Files.PublicKey);

    /// <summary>The anchor.</summary>
    public FileAnchor Anchor => Files.Anchor;

    AnchorFiles Files => new(_folder);

    /// <summary>The option of commands that work with it.</summary>
    public static Option<string?> Option() =>
        new("--anchor") { Description = "folder of the audit anchor and its key, outside the store; by default beside the data folder, with -anchor behind its name" };

    /// <summary>The folder asked for, or the one beside the data.</summary>
    /// <exception cref="FormatException">It lies in the data folder.</exception>
    public static AnchorFolder Of(StoreSettings store, string? asked)
    {
        var data = Path.TrimEndingDirectorySeparator(Path.GetFullPath(store.Data));
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(asked ?? data + "-anchor"));
        return folder == data || folder.StartsWith(data + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? throw new FormatException($"--anchor {folder} lies in the data folder {data}; whoever can rewrite the store must not reach the anchor with it")
            : new AnchorFolder(folder);
    }

    /// <inheritdoc cref="AnchorFiles.OpenSigner"/>
    public FileSigner OpenSigner() => Files.OpenSigner();

    /// <summary>The anchor with every public key of its folder, for verification: a chain that goes on in another folder holds checkpoints of an earlier key.</summary>
    /// <exception cref="IOException">A key cannot be read.</exception>
    public AnchorRecord OpenRecord() => new(Anchor, [.. Directory.EnumerateFiles(_folder, "*.pub.pem").Order(StringComparer.Ordinal).Select(ReadKey)]);

    static CheckpointKey ReadKey(string file)
    {
        try
        {
            return CheckpointKey.FromPem(File.ReadAllText(file));
        }
        catch (Exception e) when (e is FormatException or UnauthorizedAccessException)
        {
            throw new IOException($"'{file}': {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _folder;
}
