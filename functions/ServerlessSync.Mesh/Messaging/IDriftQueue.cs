using System.Diagnostics.CodeAnalysis;

namespace ServerlessSync.Mesh.Messaging;

/// <summary>Takes in drift that is to be mended.</summary>
/// <remarks>
/// The store is the queue: an item that is recorded as queued is found by a sweep, whatever becomes of its message. So this is only the quick way, may
/// drop what it cannot take, and the same message may be sent again.
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "A queue between processes, not a collection.")]
public interface IDriftQueue
{
    /// <summary>Sends the message of an item that is recorded as queued.</summary>
    /// <returns>False when it was not taken now and is left to the sweep.</returns>
    Task<bool> SendAsync(DriftMessage drift, CancellationToken cancellationToken);
}
