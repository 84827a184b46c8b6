using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>Where received events are recorded before their sender is answered.</summary>
public interface IEventInbox
{
    /// <summary>Whether there is room for more: false while too many events wait for their runs. Then the sender is asked to come again later.</summary>
    bool HasRoom { get; }

    /// <summary>
    /// Records every event durably before it answers. An event whose (source, id) is recorded already changes nothing. When this throws,
    /// none of the events may be acknowledged: some may be recorded, and the sender's repeat finds them.
    /// </summary>
    /// <returns>For each event in order whether it was new.</returns>
    /// <exception cref="StoreException">The store cannot record now.</exception>
    Task<IReadOnlyList<bool>> AcceptAsync(IReadOnlyList<ChangeEvent> events, CancellationToken cancellationToken);
}
