using Azure.Core;
using Microsoft.Extensions.Configuration;
using ServerlessSync.Hosting;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Web;

namespace ServerlessSync.Functions;

/// <summary>Where audit checkpoints are anchored and what signs them: a blob container and a key in Key Vault, or a folder on a developer's machine.</summary>
/// <param name="Anchor">The anchor.</param>
/// <param name="Signer">The signer.</param>
sealed record AuditPlace(IAnchor Anchor, ICheckpointSigner Signer)
{
    /// <summary>Opens both.</summary>
    /// <exception cref="FormatException">A setting is not set, or not well.</exception>
    /// <exception cref="IOException">The key cannot be read.</exception>
    public static async Task<AuditPlace> OpenAsync(IConfiguration settings, TokenCredential credential, CancellationToken cancellationToken)
    {
        var place = settings[SettingNames.AuditAnchor] is { Length: > 0 } set ? set : throw new FormatException($"{SettingNames.AuditAnchor} is not set");
        if (!place.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            var files = new AnchorFiles(place);
            return new AuditPlace(files.Anchor, files.OpenSigner());
        }

        var key = Uri.TryCreate(settings[SettingNames.AuditKey], UriKind.Absolute, out var address)
            ? address
            : throw new FormatException($"{SettingNames.AuditKey} is not the address of a key");
        return new AuditPlace(new BlobAnchor(new Uri(place), credential), await KeyVaultSigner.OpenAsync(key, credential, cancellationToken));
    }
}
