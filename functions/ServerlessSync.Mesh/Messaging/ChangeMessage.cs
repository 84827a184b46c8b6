using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Messaging;

/// <summary>Names an event that is recorded in the inbox.</summary>
/// <param name="Source">The source that said it.</param>
/// <param name="Id">Its id in that source.</param>
public sealed record ChangeMessage(string Source, string Id)
{
    /// <summary>
    /// The message. Its session is that of source and subject, so that what a source says of one subject stays in order; its id is made of
    /// source and event id. Both are hashes: ids of senders may be longer than a broker takes, and name people.
    /// </summary>
    /// <param name="subject">The subject's key in the source.</param>
    public QueueMessage ToQueue(string subject) =>
        new(KeyText.Hash($"{Source}\n{Id}"), KeyText.Hash($"{Source}\n{subject}"), MeshJson.ToBytes(this));

    /// <summary>Reads the body of a message, or answers null when it is none of ours.</summary>
    public static ChangeMessage? Read(ReadOnlyMemory<byte> body) =>
        MessageBody.Read<ChangeMessage>(body) is { Source.Length: > 0, Id.Length: > 0 } message ? message : null;
}
