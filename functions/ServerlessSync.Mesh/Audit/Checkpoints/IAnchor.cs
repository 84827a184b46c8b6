namespace ServerlessSync.Mesh.Audit;

/// <summary>
/// A place outside the store that checkpoints can only be added to. Whoever rewrites the store cannot take back what stands here.
/// </summary>
public interface IAnchor
{
    /// <summary>The newest checkpoint that stands whole in the anchor, or null when there is none.</summary>
    /// <exception cref="IOException">The anchor cannot be read now.</exception>
    Task<Checkpoint?> ReadLastAsync(CancellationToken cancellationToken);

    /// <summary>Reads what stands in the anchor from its beginning, in bounded memory. What is no checkpoint is delivered as such, not thrown.</summary>
    /// <exception cref="IOException">The anchor cannot be read now.</exception>
    IAsyncEnumerable<AnchorLine> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Adds a checkpoint durably before it answers; whatever a crash left half written is mended first. One that stands there already is not
    /// added again.
    /// </summary>
    /// <exception cref="IOException">The anchor cannot be written now, or the checkpoint is not the next one.</exception>
    Task AppendAsync(Checkpoint checkpoint, CancellationToken cancellationToken);
}

/// <summary>A line of an anchor.</summary>
/// <param name="Number">1, 2, 3... as it stands there.</param>
/// <param name="Checkpoint">What it holds; null when it holds no checkpoint.</param>
/// <param name="IsTorn">Whether it is the last one and was not written to its end.</param>
public sealed record AnchorLine(long Number, Checkpoint? Checkpoint, bool IsTorn = false);
