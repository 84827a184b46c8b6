using System.Buffers;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>A chunk of images that come in key order already, for <see cref="ImageMerge.Of"/>. Not for several threads.</summary>
public sealed class ImageChunk : IDisposable
{
    byte[] _bytes = ArrayPool<byte>.Shared.Rent(ImageLayout.ChunkBytes);
    int _length;

    /// <summary>The images so far, valid until the chunk is cleared.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Adds a copy of the image; false when it would make the chunk too large, which an image alone never does.</summary>
    public bool TryAdd(Image image)
    {
        var size = ImageLayout.SizeOf(image);
        if (_length + size > _bytes.Length)
        {
            if (_length > 0)
            {
                return false;
            }

            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(size);
        }

        ImageLayout.Write(_bytes.AsSpan(_length), image);
        _length += size;
        return true;
    }

    /// <summary>Forgets the images.</summary>
    public void Clear() => _length = 0;

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }
}
