using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ServerlessSync.Mesh.Audit;

/// <summary>How entries are keyed and chained.</summary>
public static class AuditChain
{
    /// <summary>Key of the row that holds where the stream ends.</summary>
    public const string HeadKey = "audit";

    /// <summary>Prefix of the keys of entries.</summary>
    public const string EntryPrefix = "audit-";

    /// <summary>Prefix of the keys of payloads.</summary>
    public const string PayloadPrefix = "payload-";

    /// <summary>Key of entry n.</summary>
    public static string EntryKey(long number) => EntryPrefix + number.ToString("D12", CultureInfo.InvariantCulture);

    /// <summary>Key of the payload of entry n.</summary>
    public static string PayloadKey(long number) => PayloadPrefix + number.ToString("D12", CultureInfo.InvariantCulture);

    const int SaltBytes = 16;

    /// <summary>Makes the next entry of a stream.</summary>
    public static (AuditEntry Entry, AuditPayload Payload) Append(string stream, AuditHead head, AuditDraft draft, DateTimeOffset now)
    {
        var payload = new AuditPayload(
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(SaltBytes)),
            draft.Payload.ToJsonString(Storage.MeshJson.Options));
        var entry = new AuditEntry(head.Number + 1, draft.Id, draft.Kind, now, HashOf(payload), PreviousOf(stream, head), string.Empty);
        return (entry with { Hash = HashOf(entry) }, payload);
    }

    /// <summary>What the first or next entry after the head must carry as the hash before.</summary>
    public static string PreviousOf(string stream, AuditHead head) =>
        head.Number == 0 ? Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes("stream:" + stream))) : head.Hash;

    /// <summary>The hash an entry must carry.</summary>
    public static string HashOf(AuditEntry entry)
    {
        // A JSON array of strings is unambiguous: no value can run into its neighbour.
        string[] fields =
        [
            entry.Number.ToString(CultureInfo.InvariantCulture), entry.Id, entry.Kind.ToString(),
            entry.At.UtcTicks.ToString(CultureInfo.InvariantCulture), entry.PayloadHash, entry.Previous,
        ];
        return Convert.ToBase64String(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(fields)));
    }

    /// <summary>
    /// Whether a salt is one that <see cref="Append"/> makes. Salt and content are hashed as one text, so a salt of any other length could have
    /// taken a part of the content, or given one, under the same hash.
    /// </summary>
    internal static bool IsSalt(string? salt) => salt?.Length == (SaltBytes + 2) / 3 * 4 && Base64.IsValid(salt);

    /// <summary>The hash of a payload, whose salt <see cref="IsSalt"/>.</summary>
    public static string HashOf(AuditPayload payload) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(payload.Salt + payload.Content)));
}
