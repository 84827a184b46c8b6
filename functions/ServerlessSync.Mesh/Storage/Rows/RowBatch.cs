namespace ServerlessSync.Mesh.Storage;

/// <summary>Writes to one partition that commit together. Holds the limits of <see cref="StoreLimits"/> by construction.</summary>
public sealed class RowBatch
{
    /// <summary>What a row takes on the wire besides keys and body, at most.</summary>
    const int RowFraming = 1024;

    /// <summary>What a character of a key takes on the wire, at most: it stands there twice, once percent-encoded.</summary>
    const int KeyCharBytes = 12;

    /// <summary>Makes a batch and checks it.</summary>
    /// <exception cref="ArgumentException">The batch is empty, too large, names a row twice or has a key no store could hold.</exception>
    public RowBatch(string table, string partition, params IReadOnlyList<RowWrite> writes)
    {
        Table = table;
        Partition = partition;
        Writes = writes;
        Check(partition, writes);
    }

    /// <summary>The table.</summary>
    public string Table { get; }

    /// <summary>The one partition all writes lie in.</summary>
    public string Partition { get; }

    /// <summary>The writes, in the order given.</summary>
    public IReadOnlyList<RowWrite> Writes { get; }

    static void Check(string partition, IReadOnlyList<RowWrite> writes)
    {
        if (writes.Count is 0 or > StoreLimits.BatchRows)
        {
            throw new ArgumentException($"A batch holds 1 to {StoreLimits.BatchRows} rows; this one for '{partition}' holds {writes.Count}.", nameof(writes));
        }

        RequireKey(partition);
        var seen = writes.Count == 1 ? null : new HashSet<string>(writes.Count, StringComparer.Ordinal);
        long bytes = 0;
        foreach (var write in writes)
        {
            RequireKey(write.Key);
            if (seen?.Add(write.Key) == false)
            {
                throw new ArgumentException($"A batch names row '{write.Key}' of '{partition}' twice.", nameof(writes));
            }

            var size = write.Body?.Length ?? 0;
            if (size > StoreLimits.RowBytes)
            {
                throw new ArgumentException($"Row '{write.Key}' of '{partition}' has {size} bytes; a row holds at most {StoreLimits.RowBytes}.", nameof(writes));
            }

            bytes += size + RowFraming + (KeyCharBytes * (write.Key.Length + partition.Length));
        }

        if (bytes > StoreLimits.BatchBytes)
        {
            throw new ArgumentException($"A batch holds at most {StoreLimits.BatchBytes} bytes; this one for '{partition}' holds {bytes}, keys and framing counted.", nameof(writes));
        }
    }

    static void RequireKey(string key)
    {
        if (!StoreLimits.IsKey(key))
        {
            throw new ArgumentException($"'{key}' cannot be a key: 1 to {StoreLimits.KeyChars} characters, none of them / \\ # ? % +, a control character or a surrogate.", nameof(key));
        }
    }
}
