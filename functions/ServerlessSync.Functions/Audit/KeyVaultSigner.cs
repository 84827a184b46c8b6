using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Azure.Core;
using ServerlessSync.Mesh.Audit;

namespace ServerlessSync.Functions;

/// <summary>
/// Signs checkpoints with a key that never leaves Key Vault. The version of the key that is current when the process starts signs until it ends
/// (<see href="https://learn.microsoft.com/rest/api/keyvault/keys/sign/sign"/>).
/// </summary>
sealed class KeyVaultSigner : ICheckpointSigner
{
    const string Version = "?api-version=7.4";

    readonly RestClient _rest;
    readonly string _id;

    KeyVaultSigner(RestClient rest, string id, string key) => (_rest, _id, Key) = (rest, id, key);

    /// <inheritdoc/>
    public string Key { get; }

    /// <summary>Reads the public half of the key.</summary>
    /// <param name="key">Address of the key.</param>
    /// <param name="credential">Who signs in; the role needed is Key Vault Crypto User.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="handler">Sends; null is the network.</param>
    /// <exception cref="IOException">It cannot be read, or is no key on the curve P-256.</exception>
    public static async Task<KeyVaultSigner> OpenAsync(Uri key, TokenCredential credential, CancellationToken cancellationToken, HttpMessageHandler? handler = null)
    {
        var rest = new RestClient(credential, "https://vault.azure.net/.default", handler);
        await using var content = await rest.SendAsync(new RestRequest(RequestMethod.Get, key.AbsoluteUri.TrimEnd('/') + Version), cancellationToken);
        using var json = await JsonDocument.ParseAsync(content, default, cancellationToken);
        var found = json.RootElement.GetProperty("key");
        return found.GetProperty("crv").GetString() is "P-256"
            ? new KeyVaultSigner(rest, found.GetProperty("kid").GetString()!, NameOf(found))
            : throw new IOException($"{key} is no key on the curve P-256.");
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken)
    {
        var request = new RestRequest(RequestMethod.Post, $"{_id}/sign{Version}")
        {
            Headers = { ("Content-Type", "application/json") },
            Body = JsonSerializer.SerializeToUtf8Bytes(new { alg = "ES256", value = Base64Url.EncodeToString(hash.Span) }),
        };
        await using var content = await _rest.SendAsync(request, cancellationToken);
        using var json = await JsonDocument.ParseAsync(content, default, cancellationToken);
        return Base64Url.DecodeFromChars(json.RootElement.GetProperty("value").GetString());
    }

    static string NameOf(JsonElement key)
    {
        using var half = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") },
        });
        return CheckpointKey.NameOf(half);
    }

    static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(key.GetProperty(name).GetString());
}
