namespace ServerlessSync.Storage.Tables.Client;

/// <summary>
/// An entity of our layout: the body lies in binary properties <c>D0</c>, <c>D1</c>, ... of at most 64 KiB, its checksum in <c>C</c>, and in
/// <c>O</c> which commits wrote this version and the ones before it.
/// </summary>
sealed record TableEntity(string PartitionKey, string RowKey)
{
    /// <summary>The most bytes of a binary property.</summary>
    public const int ChunkBytes = 64 * 1024;

    /// <summary>The service's own ETag.</summary>
    public string ETag { get; init; } = string.Empty;

    public string Operations { get; init; } = string.Empty;

    /// <summary>The stored checksum; null when there is none that can be read.</summary>
    public uint? Checksum { get; init; }

    /// <summary>The stored content; null when it cannot be put together.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }
}
