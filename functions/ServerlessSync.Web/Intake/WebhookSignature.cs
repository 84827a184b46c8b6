using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Intake;

/// <summary>The three signature headers of a request.</summary>
readonly struct WebhookSignature
{
    const int MaxIdChars = 200;
    const int MaxTimestampChars = 12;
    const int MaxSignatures = 16;
    const int HashChars = 44;

    readonly string _timestamp;
    readonly StringValues _signatures;

    WebhookSignature(string id, string timestamp, DateTimeOffset sentAt, StringValues signatures)
    {
        Id = id;
        SentAt = sentAt;
        _timestamp = timestamp;
        _signatures = signatures;
    }

    public string Id { get; }

    public DateTimeOffset SentAt { get; }

    /// <summary>Reads the headers; false when one is missing, there twice or malformed.</summary>
    public static bool TryRead(IHeaderDictionary headers, out WebhookSignature signature)
    {
        signature = default;
        if (headers[StandardWebhooks.IdHeader] is not [{ Length: > 0 and <= MaxIdChars } id]
            || headers[StandardWebhooks.TimestampHeader] is not [{ Length: > 0 and <= MaxTimestampChars } timestamp]
            || headers[StandardWebhooks.SignatureHeader] is not { Count: > 0 } signatures
            || id.AsSpan().ContainsAnyExceptInRange('!', '~')
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return false;
        }

        signature = new(id, timestamp, DateTimeOffset.FromUnixTimeSeconds(seconds), signatures);
        return true;
    }

    /// <summary>Whether it was sent within the tolerance, its edges included.</summary>
    public bool IsFresh(DateTimeOffset now, TimeSpan tolerance) => (now - SentAt).Duration() <= tolerance;

    /// <summary>Puts before the body what the signature covers besides it.</summary>
    public void PrefixTo(RequestBody body)
    {
        body.Prefix(Id);
        body.Prefix(".");
        body.Prefix(_timestamp);
        body.Prefix(".");
    }

    /// <summary>Whether any signature of version 1 fits any key. Every signature is compared with every key, in constant time.</summary>
    public bool Fits(IReadOnlyList<byte[]> keys, ReadOnlySpan<byte> signed)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var fits = false;
        foreach (var key in keys)
        {
            HMACSHA256.HashData(key, signed, expected);
            fits |= FitsAny(expected);
        }

        return fits;
    }

    bool FitsAny(ReadOnlySpan<byte> expected)
    {
        var fits = false;
        var left = MaxSignatures;
        foreach (var line in _signatures)
        {
            foreach (var range in line.AsSpan().Split(' '))
            {
                if (--left < 0)
                {
                    return fits;
                }

                fits |= IsSignature(line.AsSpan()[range], expected);
            }
        }

        return fits;
    }

    static bool IsSignature(ReadOnlySpan<char> text, ReadOnlySpan<byte> expected)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return text.StartsWith(StandardWebhooks.SignaturePrefix, StringComparison.Ordinal)
            && text.Length == StandardWebhooks.SignaturePrefix.Length + HashChars
            && Convert.TryFromBase64Chars(text[StandardWebhooks.SignaturePrefix.Length..], given, out var length)
            && length == given.Length
            && CryptographicOperations.FixedTimeEquals(given, expected);
    }
}
