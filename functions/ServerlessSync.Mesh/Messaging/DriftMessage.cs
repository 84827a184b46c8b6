using System.Globalization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Messaging;

/// <summary>Names a drift that is recorded and is to be mended.</summary>
/// <param name="IdentityId">The identity it was found at.</param>
/// <param name="Target">The target it was found in.</param>
/// <param name="Opening">How often drift of this identity in this target has been opened; another opening is another message.</param>
public sealed record DriftMessage(string IdentityId, string Target, long Opening)
{
    /// <summary>The message: one identity is one session, and its id is made of identity, target and opening.</summary>
    /// <exception cref="ArgumentException">The id of the identity has more than 128 characters.</exception>
    public QueueMessage ToQueue() => new(
        KeyText.Hash(string.Create(CultureInfo.InvariantCulture, $"{IdentityId}\n{Target}\n{Opening}")), IdentityId, MeshJson.ToBytes(this));

    /// <summary>Reads the body of a message, or answers null when it is none of ours.</summary>
    public static DriftMessage? Read(ReadOnlyMemory<byte> body) =>
        MessageBody.Read<DriftMessage>(body) is { IdentityId.Length: > 0, Target.Length: > 0, Opening: > 0 } message ? message : null;
}
