using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessSync.Web.Intake;

/// <summary>Signing by Standard Webhooks: HMAC-SHA256 over <c>{id}.{timestamp}.{body}</c>, the body as the bytes that travel.</summary>
/// <remarks>https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md</remarks>
public static class StandardWebhooks
{
    /// <summary>Header of the message's id, the same over all repeats.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>Header of the time of sending, in Unix seconds.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>Header of the signatures, separated by spaces.</summary>
    public const string SignatureHeader = "webhook-signature";

    /// <summary>What a symmetric signature begins with.</summary>
    public const string SignaturePrefix = "v1,";

    const string SecretPrefix = "whsec_";
    const int MinKeyBytes = 24;
    const int MaxKeyBytes = 64;

    /// <summary>The signature of a message, as it stands in the header.</summary>
    /// <param name="id">Id of the message.</param>
    /// <param name="timestamp">Time of sending; whole seconds count.</param>
    /// <param name="body">The body's bytes.</param>
    /// <param name="key">The key, decoded by <see cref="DecodeKey"/>.</param>
    public static string Sign(string id, DateTimeOffset timestamp, ReadOnlySpan<byte> body, ReadOnlySpan<byte> key)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp.ToUnixTimeSeconds()}.");
        var signed = new byte[Encoding.UTF8.GetByteCount(head) + body.Length];
        body.CopyTo(signed.AsSpan(Encoding.UTF8.GetBytes(head, signed)));
        return SignaturePrefix + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }

    /// <summary>What a secret looks like, for people.</summary>
    public const string SecretForm = "'whsec_' and base64 of 24 to 64 bytes";

    /// <summary>The bytes of a secret written <c>whsec_</c> and base64; the prefix may be left out.</summary>
    /// <exception cref="FormatException">It is not base64 of 24 to 64 bytes. The message does not hold the secret.</exception>
    public static byte[] DecodeKey(string secret) =>
        FindKey(secret) ?? throw new FormatException($"A webhook secret is {SecretForm}.");

    /// <summary>Whether <see cref="DecodeKey"/> takes it.</summary>
    public static bool IsSecret(string secret) => FindKey(secret) is not null;

    static byte[]? FindKey(string secret)
    {
        var text = secret.AsSpan();
        text = text.StartsWith(SecretPrefix, StringComparison.Ordinal) ? text[SecretPrefix.Length..] : text;
        var key = new byte[MaxKeyBytes];
        return Convert.TryFromBase64Chars(text, key, out var length) && length >= MinKeyBytes ? key[..length] : null;
    }
}
