using System.Buffers.Binary;
using System.Globalization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// What a store keeps of a run beside its chunks: length and checksum of each, and a checksum over itself. It is written last, so a run that has
/// one is whole.
/// </summary>
public sealed class RunIndex
{
    const int EntryBytes = sizeof(int) + sizeof(uint);

    readonly List<(int Length, uint Checksum)> _chunks = [];
    readonly string _side;
    readonly string _run;

    /// <summary>Begins the index of a run.</summary>
    public RunIndex(string side, string run)
    {
        _side = side;
        _run = run;
    }

    /// <summary>How many chunks there are.</summary>
    public int Chunks => _chunks.Count;

    /// <summary>Takes the next chunk in.</summary>
    /// <exception cref="ArgumentException">The chunk is empty or larger than a row.</exception>
    public void Add(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length is 0 or > StoreLimits.RowBytes)
        {
            throw new ArgumentException($"A chunk has 1 to {StoreLimits.RowBytes} bytes; this one has {chunk.Length}.", nameof(chunk));
        }

        _chunks.Add((chunk.Length, ChecksumOf(_chunks.Count, chunk)));
    }

    /// <summary>Bytes of a chunk.</summary>
    public int LengthOf(int chunk) => _chunks[chunk].Length;

    /// <summary>Bytes of all chunks before one.</summary>
    public long OffsetOf(int chunk)
    {
        long offset = 0;
        for (var i = 0; i < chunk; i++)
        {
            offset += _chunks[i].Length;
        }

        return offset;
    }

    /// <summary>Checks a chunk as it was read.</summary>
    /// <exception cref="DamagedRunException">It is not the one that was written there.</exception>
    public void Require(int chunk, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != _chunks[chunk].Length || ChecksumOf(chunk, bytes) != _chunks[chunk].Checksum)
        {
            throw new DamagedRunException(_side, _run, chunk, "is not what was written");
        }
    }

    /// <summary>Checks that the run is the one that was listed.</summary>
    /// <exception cref="DamagedRunException">It was written anew since.</exception>
    public void Require(SortedRun listed)
    {
        if (ToRun().Checksum != listed.Checksum)
        {
            throw new DamagedRunException(_side, _run, null, "was written anew while it was merged");
        }
    }

    /// <summary>The run as a store lists it.</summary>
    public SortedRun ToRun() => new(_side, _run, Chunks, OffsetOf(Chunks), BinaryPrimitives.ReadUInt32LittleEndian(ToBytes().AsSpan(^sizeof(uint)..)));

    /// <summary>The index as bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[(Chunks * EntryBytes) + sizeof(uint)];
        for (var i = 0; i < Chunks; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * EntryBytes), _chunks[i].Length);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((i * EntryBytes) + sizeof(int)), _chunks[i].Checksum);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(^sizeof(uint)..), RowChecksum.Of(_side, _run, string.Empty, bytes.AsSpan(..^sizeof(uint))));
        return bytes;
    }

    /// <summary>Reads an index.</summary>
    /// <exception cref="DamagedRunException">The bytes are not the index of this run.</exception>
    public static RunIndex Parse(string side, string run, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < sizeof(uint)
            || bytes.Length % EntryBytes != sizeof(uint)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) != RowChecksum.Of(side, run, string.Empty, bytes[..^sizeof(uint)]))
        {
            throw new DamagedRunException(side, run, null, "has an index that is not what was written");
        }

        var index = new RunIndex(side, run);
        for (var at = 0; at < bytes.Length - sizeof(uint); at += EntryBytes)
        {
            index._chunks.Add((BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + sizeof(int))..])));
        }

        return index;
    }

    uint ChecksumOf(int chunk, ReadOnlySpan<byte> bytes) => RowChecksum.Of(_side, _run, chunk.ToString(CultureInfo.InvariantCulture), bytes);
}
