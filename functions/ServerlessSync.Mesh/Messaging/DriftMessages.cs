namespace ServerlessSync.Mesh.Messaging;

/// <summary>Takes messages in that name drift.</summary>
/// <param name="remediation">Mends it.</param>
public sealed class DriftMessages(IDriftRemediation remediation)
{
    /// <summary>Hands over the drift a message names.</summary>
    /// <returns>Null when the message has done its work; otherwise why it is put aside.</returns>
    public Task<MessageRefusal?> TakeAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        DriftMessage.Read(body) is { } drift
            ? remediation.RemediateAsync(drift, cancellationToken)
            : Task.FromResult<MessageRefusal?>(MessageRefusal.Unreadable);
}
