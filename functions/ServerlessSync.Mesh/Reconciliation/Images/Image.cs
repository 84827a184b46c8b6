namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// One item as it is compared: a key both sides sort by, and content whose bytes are equal exactly when the items are. It looks into a buffer of
/// whoever gave it and is valid until that one moves on.
/// </summary>
public readonly ref struct Image
{
    internal Image(ReadOnlySpan<byte> key, ReadOnlySpan<byte> content)
    {
        Key = key;
        Content = content;
    }

    /// <summary>The sort key: ASCII without NUL, ordered byte by byte.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The fields of the schema in their order; read by <see cref="ImageSchema"/>.</summary>
    public ReadOnlySpan<byte> Content { get; }
}
