using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Where the sorted runs of an external sort are kept until they are merged. A side is everything that is merged into one order, a run is what was
/// sorted in memory at once, a chunk is what is read at once: images as <see cref="ImageBatch.ToChunks"/> gives them.
/// </summary>
/// <remarks>
/// A run is there whole or not at all: whoever dies while writing leaves no run. It may be lost with the machine, and is then read again at its source.
/// Every chunk carries a checksum over its content and its place. What is not as it was written is never given out: <see cref="DamagedRunException"/>.
/// A store that cannot do its work throws <see cref="StoreException"/>.
/// Different runs may be written and read at once. When two write the same run at once, one of them wins whole, or it reads as damaged.
/// </remarks>
public interface ISortedRunStore
{
    /// <summary>Writes a run; one of the same name is replaced whole.</summary>
    /// <param name="side">The side, any text.</param>
    /// <param name="name">The run, any text.</param>
    /// <param name="chunks">Its chunks in order, each at most <see cref="StoreLimits.RowBytes"/>; taken one after the other, none is kept.</param>
    /// <param name="cancellationToken">Ends the write; there is no whole run of the name then.</param>
    /// <exception cref="ArgumentException">A chunk is empty or too large.</exception>
    Task WriteAsync(string side, string name, IEnumerable<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken);

    /// <summary>The whole runs of a side, in ordinal order of their names.</summary>
    /// <exception cref="DamagedRunException">A run that was whole cannot be read any more.</exception>
    Task<IReadOnlyList<SortedRun>> ListAsync(string side, CancellationToken cancellationToken);

    /// <summary>Reads the chunks of a run from one on. A chunk is valid until the next is asked for.</summary>
    /// <exception cref="DamagedRunException">The run is gone, was written anew since it was listed, or is damaged.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(SortedRun run, int fromChunk, CancellationToken cancellationToken);

    /// <summary>Deletes everything of a side, what a dead writer left too. A side that is not there is fine.</summary>
    Task DropAsync(string side, CancellationToken cancellationToken);
}
