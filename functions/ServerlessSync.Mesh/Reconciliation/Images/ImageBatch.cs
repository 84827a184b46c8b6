using System.Buffers;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Images in memory, collected in any order and given back in key order: one sorted run of an external sort. Images with one key are all kept, in
/// the order of their content. Not for several threads.
/// </summary>
public sealed class ImageBatch : IDisposable
{
    /// <summary>What a batch takes in by default.</summary>
    public const int DefaultBudget = 32 * 1024 * 1024;

    const int SegmentBytes = 1024 * 1024;
    const int EntryBytes = 32;

    readonly long _budget;
    readonly List<byte[]> _segments = [];
    ImageEntry[] _entries = ArrayPool<ImageEntry>.Shared.Rent(4096);
    byte[] _firstKey = [];
    int _shared;
    int _segment = -1;
    int _used = SegmentBytes;
    int _largest;

    /// <summary>Makes an empty batch.</summary>
    /// <param name="budget">Bytes after which it is full; what sorting takes is counted, the last image may go over it.</param>
    public ImageBatch(long budget = DefaultBudget) => _budget = budget;

    /// <summary>How many images it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes in use.</summary>
    public long Bytes => ((_segment + 1L) * SegmentBytes) - (SegmentBytes - _used) + ((long)Count * EntryBytes);

    /// <summary>Whether it should be written out before more is added.</summary>
    public bool IsFull => Bytes >= _budget;

    /// <summary>Adds a copy of the image.</summary>
    public void Add(Image image)
    {
        var size = ImageLayout.SizeOf(image);
        if (_used + size > SegmentBytes)
        {
            NextSegment();
        }

        ImageLayout.Write(_segments[_segment].AsSpan(_used, size), image);
        if (Count == _entries.Length)
        {
            Grow();
        }

        _shared = Count == 0 ? KeepFirst(image.Key) : _firstKey.AsSpan(0, _shared).CommonPrefixLength(image.Key);
        _entries[Count++] = ImageEntry.At(_segment, _used);
        _used += (size + ImageEntry.Alignment - 1) & -ImageEntry.Alignment;
        _largest = Math.Max(_largest, size);
    }

    /// <summary>Sorts, and gives the images as chunks in key order. A chunk is valid until the next is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> ToChunks()
    {
        Sort();
        var chunk = ArrayPool<byte>.Shared.Rent(Math.Max(ImageLayout.ChunkBytes, _largest));
        try
        {
            for (var next = 0; next < Count;)
            {
                var length = Fill(chunk, ref next);
                yield return chunk.AsMemory(0, length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Forgets the images and keeps the memory for the next ones.</summary>
    public void Clear()
    {
        Count = 0;
        _largest = 0;
        _segment = _segments.Count > 0 ? 0 : -1;
        _used = _segments.Count > 0 ? 0 : SegmentBytes;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Clear();
        foreach (var segment in _segments)
        {
            ArrayPool<byte>.Shared.Return(segment);
        }

        _segments.Clear();
        Clear();
        ArrayPool<ImageEntry>.Shared.Return(_entries);
        _entries = [];
    }

    void Sort()
    {
        var spare = ArrayPool<ImageEntry>.Shared.Rent(Count);
        new ImageSort(_segments).Sort(_entries.AsSpan(0, Count), spare.AsSpan(0, Count), _shared);
        ArrayPool<ImageEntry>.Shared.Return(spare);
    }

    int Fill(byte[] chunk, ref int next)
    {
        var length = 0;
        for (; next < Count; next++)
        {
            var at = _entries[next].Bytes(_segments);
            var (key, content) = ImageLayout.ReadLengths(at);
            var size = ImageLayout.HeaderBytes + key + content;
            if (length > 0 && length + size > ImageLayout.ChunkBytes)
            {
                break;
            }

            at[..size].CopyTo(chunk.AsSpan(length));
            length += size;
        }

        return length;
    }

    int KeepFirst(ReadOnlySpan<byte> key)
    {
        _firstKey = key.ToArray();
        return key.Length;
    }

    void NextSegment()
    {
        _used = 0;
        if (++_segment == _segments.Count)
        {
            _segments.Add(ArrayPool<byte>.Shared.Rent(SegmentBytes));
        }
    }

    void Grow()
    {
        var grown = ArrayPool<ImageEntry>.Shared.Rent(Count * 2);
        _entries.AsSpan(0, Count).CopyTo(grown);
        ArrayPool<ImageEntry>.Shared.Return(_entries);
        _entries = grown;
    }
}
