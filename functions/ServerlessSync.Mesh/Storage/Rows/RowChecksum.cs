using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ServerlessSync.Mesh.Storage;

/// <summary>
/// The checksum durable stores keep with a row: CRC-32C over where it lies and what it holds, so that a flipped bit and a row put in another's
/// place are both found. It finds accidents; whoever changes a row on purpose is found by the audit chain.
/// </summary>
public static class RowChecksum
{
    /// <summary>The checksum of a row.</summary>
    public static uint Of(string table, string partition, string key, ReadOnlySpan<byte> body) =>
        Of(Of(Of(Of(0, table), partition), key), body);

    /// <summary>Goes on from a checksum with more bytes and their number, so that no part can run into its neighbour.</summary>
    public static uint Of(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var length = bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, b);
        }

        return BitOperations.Crc32C(checksum, (uint)length);
    }

    static uint Of(uint checksum, string text) => Of(checksum, MemoryMarshal.AsBytes(text.AsSpan()));
}
