namespace ServerlessSync.Mesh.Storage;

/// <summary>The answer to a commit.</summary>
/// <param name="ConflictAt">Index of the first write whose condition did not hold; -1 when the batch was committed.</param>
/// <param name="ETags">The new ETag of each write in order (null for a delete); empty after a conflict.</param>
public readonly record struct CommitResult(int ConflictAt, IReadOnlyList<string?> ETags)
{
    /// <summary>True when every write is durably stored; false when none is.</summary>
    public bool Committed => ConflictAt < 0;

    /// <summary>The answer of a batch of which nothing was stored.</summary>
    public static CommitResult Conflict(int index) => new(index, []);
}
