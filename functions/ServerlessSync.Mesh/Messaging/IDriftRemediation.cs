namespace ServerlessSync.Mesh.Messaging;

/// <summary>Mends drift that a message names.</summary>
public interface IDriftRemediation
{
    /// <summary>Looks at what is recorded of the drift and begins to mend it; called again for the same message it changes nothing.</summary>
    /// <returns>Null when the message has done its work; otherwise why it is put aside.</returns>
    Task<MessageRefusal?> RemediateAsync(DriftMessage drift, CancellationToken cancellationToken);
}
