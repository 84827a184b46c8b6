namespace ServerlessSync.Mesh.Storage;

/// <summary>What one write asks of the row it names.</summary>
public enum RowCondition
{
    /// <summary>The row must not exist; it is inserted.</summary>
    Absent,

    /// <summary>The row must exist with the given ETag; it is replaced or deleted.</summary>
    Match,

    /// <summary>No condition: the row is inserted or replaced, or deleted if it is there.</summary>
    None,
}

/// <summary>One write of a batch.</summary>
/// <param name="Key">Row key.</param>
/// <param name="Condition">What must hold for the batch to commit.</param>
/// <param name="ETag">The ETag for <see cref="RowCondition.Match"/>.</param>
/// <param name="Body">The new content, or null to delete the row.</param>
public sealed record RowWrite(string Key, RowCondition Condition, string? ETag, ReadOnlyMemory<byte>? Body)
{
    /// <summary>Inserts a row that must not exist.</summary>
    public static RowWrite Insert(string key, ReadOnlyMemory<byte> body) => new(key, RowCondition.Absent, null, body);

    /// <summary>Replaces the row as it was read.</summary>
    public static RowWrite Replace(string key, string etag, ReadOnlyMemory<byte> body) => new(key, RowCondition.Match, etag, body);

    /// <summary>Inserts, or replaces the row as it was read: the plain way to save what was read and may have been absent.</summary>
    public static RowWrite Save(string key, string? etag, ReadOnlyMemory<byte> body) =>
        etag is null ? Insert(key, body) : Replace(key, etag, body);

    /// <summary>Inserts or replaces, whatever is there.</summary>
    public static RowWrite Put(string key, ReadOnlyMemory<byte> body) => new(key, RowCondition.None, null, body);

    /// <summary>Deletes the row as it was read.</summary>
    public static RowWrite Delete(string key, string etag) => new(key, RowCondition.Match, etag, null);

    /// <summary>Deletes the row if it is there.</summary>
    public static RowWrite Delete(string key) => new(key, RowCondition.None, null, null);
}
