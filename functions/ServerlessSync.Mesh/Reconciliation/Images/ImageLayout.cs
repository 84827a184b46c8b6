using System.Buffers.Binary;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>How images stand one after the other in a chunk: length of the content, length of the key, key, content.</summary>
static class ImageLayout
{
    public const int HeaderBytes = sizeof(int) + sizeof(ushort);

    /// <summary>What a chunk is filled up to; only a single image that is larger makes a larger one.</summary>
    public const int ChunkBytes = 256 * 1024;

    public static int SizeOf(Image image) => HeaderBytes + image.Key.Length + image.Content.Length;

    public static void Write(Span<byte> at, Image image)
    {
        BinaryPrimitives.WriteInt32LittleEndian(at, image.Content.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(at[sizeof(int)..], (ushort)image.Key.Length);
        image.Key.CopyTo(at[HeaderBytes..]);
        image.Content.CopyTo(at[(HeaderBytes + image.Key.Length)..]);
    }

    /// <summary>Reads the lengths of the image that begins the bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes hold no whole image.</exception>
    public static (int Key, int Content) ReadLengths(ReadOnlySpan<byte> at)
    {
        if (at.Length < HeaderBytes)
        {
            throw Cut();
        }

        var content = BinaryPrimitives.ReadInt32LittleEndian(at);
        var key = BinaryPrimitives.ReadUInt16LittleEndian(at[sizeof(int)..]);
        return content >= 0 && content <= at.Length - HeaderBytes - key ? (key, content) : throw Cut();
    }

    public static Image Read(ReadOnlySpan<byte> at)
    {
        var (key, content) = ReadLengths(at);
        return new Image(at.Slice(HeaderBytes, key), at.Slice(HeaderBytes + key, content));
    }

    /// <summary>Eight bytes of a key from a position on, zeros behind its end, as a number that sorts as they do.</summary>
    public static ulong WordAt(ReadOnlySpan<byte> key, int position)
    {
        if (position + sizeof(ulong) <= key.Length)
        {
            return BinaryPrimitives.ReadUInt64BigEndian(key[position..]);
        }

        ulong word = 0;
        for (var i = 0; i < sizeof(ulong); i++)
        {
            word = (word << 8) | (position + i < key.Length ? key[position + i] : 0u);
        }

        return word;
    }

    static InvalidDataException Cut() => new("A chunk ends within an image.");
}
