namespace ServerlessSync.Mesh.Messaging;

/// <summary>A message that lies in a dead-letter queue.</summary>
/// <param name="Queue">The queue it was sent to.</param>
/// <param name="MessageId">Its id, as whoever sent it chose it.</param>
/// <param name="Body">What it says.</param>
/// <param name="Reason">Why it was put aside, by the broker or by us.</param>
public sealed record DeadLetter(string Queue, string MessageId, ReadOnlyMemory<byte> Body, string Reason);
