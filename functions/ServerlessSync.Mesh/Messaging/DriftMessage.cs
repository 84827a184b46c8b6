using System.Globalization;
using System.Text.Json.Serialization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Messaging;

/// <summary>Names a drift that is recorded and is to be mended.</summary>
/// <param name="IdentityId">The identity it was found at.</param>
/// <param name="Target">The target it was found in.</param>
/// <param name="Opening">How often drift of this identity in this target has been opened; another opening is another message.</param>
/// <param name="Attempt">How often it was queued under this opening; each time is another message.</param>
public sealed record DriftMessage(string IdentityId, string Target, long Opening, long Attempt = 1)
{
    /// <summary>The message for an item that is queued.</summary>
    /// <exception cref="ArgumentException">No identity is known for it: no run can mend it.</exception>
    public static DriftMessage Of(DriftItem item) => new(
        item.IdentityId ?? throw new ArgumentException($"No identity is known for the account in {item.Target}.", nameof(item)), item.Target, item.Opening, item.Attempt);

    /// <summary>Its id, made of identity, target, opening and attempt.</summary>
    [JsonIgnore]
    public string MessageId => KeyText.Hash(string.Create(CultureInfo.InvariantCulture, $"{IdentityId}\n{Target}\n{Opening}\n{Attempt}"));

    /// <summary>The message: one identity is one session.</summary>
    /// <exception cref="ArgumentException">The id of the identity has more than 128 characters.</exception>
    public QueueMessage ToQueue() => new(MessageId, IdentityId, MeshJson.ToBytes(this));

    /// <summary>Reads the body of a message, or answers null when it is none of ours.</summary>
    public static DriftMessage? Read(ReadOnlyMemory<byte> body) =>
        MessageBody.Read<DriftMessage>(body) is { IdentityId.Length: > 0, Target.Length: > 0, Opening: > 0, Attempt: > 0 } message ? message : null;
}
