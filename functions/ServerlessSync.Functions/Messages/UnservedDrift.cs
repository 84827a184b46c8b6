using ServerlessSync.Mesh.Messaging;

namespace ServerlessSync.Functions;

/// <summary>Stands where no comparison finds drift: whoever sent such a message is told by a dead letter, which becomes an exception.</summary>
public sealed class UnservedDrift : IDriftRemediation
{
    /// <inheritdoc/>
    public Task<MessageRefusal?> RemediateAsync(DriftMessage drift, CancellationToken cancellationToken) =>
        Task.FromResult<MessageRefusal?>(new MessageRefusal("not-served", "This deployment mends no drift."));
}
