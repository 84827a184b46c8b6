namespace ServerlessSync.Mesh.Storage;

/// <summary>Where a row lies. All three are ordinal and case-exact.</summary>
public readonly record struct RowAddress(string Table, string Partition, string Key);

/// <summary>A row as read.</summary>
/// <param name="Partition">Partition key.</param>
/// <param name="Key">Row key, unique within the partition.</param>
/// <param name="Body">The content; stores do not look into it.</param>
/// <param name="ETag">Opaque version: another one after every change of the row.</param>
/// <param name="Damaged">
/// True when the stored bytes are not those that were written: the body is empty then and nobody may act on it. A damaged row is delivered
/// and not thrown, so that a scan goes on to the sound ones.
/// </param>
public sealed record Row(string Partition, string Key, ReadOnlyMemory<byte> Body, string ETag, bool Damaged = false);

/// <summary>A half-open range of keys: from <paramref name="From"/> (included) to <paramref name="Before"/> (excluded; null has no end).</summary>
public readonly record struct KeyRange(string From, string? Before)
{
    /// <summary>Every key.</summary>
    public static KeyRange All => new(string.Empty, null);

    /// <summary>Every key that begins with the prefix, whose last character must be below U+FFFF.</summary>
    public static KeyRange StartingWith(string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        return new(prefix, string.Concat(prefix.AsSpan(0, prefix.Length - 1), [(char)(prefix[^1] + 1)]));
    }

    /// <summary>Whether the key lies in the range.</summary>
    public bool Contains(string key) =>
        string.CompareOrdinal(key, From) >= 0 && (Before is null || string.CompareOrdinal(key, Before) < 0);
}
