using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>The runs a comparison merges, and how its place in all of them is written: a checksum over the runs, chunk and offset in each, a checksum.</summary>
sealed class ComparisonPosition(IReadOnlyList<SortedRun> record, IReadOnlyList<SortedRun> target)
{
    const int PlaceBytes = 2 * sizeof(int);

    public IReadOnlyList<SortedRun> Record { get; } = record;

    public IReadOnlyList<SortedRun> Target { get; } = target;

    public byte[] Write(IEnumerable<(int Chunk, int Offset)> record, IEnumerable<(int Chunk, int Offset)> target)
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, ChecksumOfRuns());
        var at = sizeof(uint);
        foreach (var (chunk, offset) in record.Concat(target))
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), chunk);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + sizeof(int)), offset);
            at += PlaceBytes;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), RowChecksum.Of(0, bytes.AsSpan(0, at)));
        return bytes;
    }

    /// <summary>Reads the places; the start of every run when there are no bytes.</summary>
    /// <exception cref="StalePositionException">The bytes are no position in these runs.</exception>
    public ((int Chunk, int Offset)[] Record, (int Chunk, int Offset)[] Target) Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return (new (int, int)[Record.Count], new (int, int)[Target.Count]);
        }

        if (bytes.Length < 2 * sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) != RowChecksum.Of(0, bytes[..^sizeof(uint)]))
        {
            throw new StalePositionException("it is not what was written");
        }

        if (bytes.Length != Size || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != ChecksumOfRuns())
        {
            throw new StalePositionException("it was taken in others");
        }

        var places = bytes[sizeof(uint)..^sizeof(uint)];
        return (ReadPlaces(places[..(Record.Count * PlaceBytes)]), ReadPlaces(places[(Record.Count * PlaceBytes)..]));
    }

    int Size => (2 * sizeof(uint)) + ((Record.Count + Target.Count) * PlaceBytes);

    static (int Chunk, int Offset)[] ReadPlaces(ReadOnlySpan<byte> bytes)
    {
        var places = new (int Chunk, int Offset)[bytes.Length / PlaceBytes];
        for (var i = 0; i < places.Length; i++)
        {
            var at = bytes[(i * PlaceBytes)..];
            places[i] = (BinaryPrimitives.ReadInt32LittleEndian(at), BinaryPrimitives.ReadInt32LittleEndian(at[sizeof(int)..]));
        }

        return places;
    }

    uint ChecksumOfRuns()
    {
        var checksum = (uint)Record.Count;
        Span<byte> content = stackalloc byte[sizeof(uint)];
        foreach (var run in Record.Concat(Target))
        {
            checksum = RowChecksum.Of(checksum, MemoryMarshal.AsBytes(run.Name.AsSpan()));
            BinaryPrimitives.WriteUInt32LittleEndian(content, run.Checksum);
            checksum = RowChecksum.Of(checksum, content);
        }

        return checksum;
    }
}
