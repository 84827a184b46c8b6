using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Hosting;

/// <summary>What stands behind the chunks in the file of a sorted run: its index, its name, and the length of either.</summary>
static class SortedRunFooter
{
    const int TailBytes = 2 * sizeof(int);

    public static byte[] ToBytes(RunIndex index, string name)
    {
        byte[] indexed = index.ToBytes();
        byte[] named = Encoding.UTF8.GetBytes(name);
        var tail = new byte[TailBytes];
        BinaryPrimitives.WriteInt32LittleEndian(tail, indexed.Length);
        BinaryPrimitives.WriteInt32LittleEndian(tail.AsSpan(sizeof(int)), named.Length);
        return [.. indexed, .. named, .. tail];
    }

    /// <summary>Reads and checks the index; the chunks are checked when they are read.</summary>
    /// <exception cref="DamagedRunException">The file does not end in an index of a run of this side, or is not as long as it says.</exception>
    public static async ValueTask<RunIndex> ReadAsync(SafeFileHandle file, string side, string run, CancellationToken cancellationToken)
    {
        try
        {
            var length = RandomAccess.GetLength(file);
            var tail = await ReadAsync(file, length - TailBytes, TailBytes, cancellationToken);
            var (indexed, named) = ReadTail(tail);
            var footer = await ReadAsync(file, length - TailBytes - named - indexed, named + indexed, cancellationToken);
            if (footer.Length > 0)
            {
                var index = RunIndex.Parse(side, Encoding.UTF8.GetString(footer.AsSpan((int)indexed)), footer.AsSpan(0, (int)indexed));
                if (index.OffsetOf(index.Chunks) + footer.Length + TailBytes == length)
                {
                    return index;
                }
            }
        }
        catch (Exception e) when (FileSortedRunStore.IsFailure(e))
        {
            throw new StoreException(StoreFailure.Unavailable, $"Run '{run}' of '{side}' could not be read: {e.Message}", e);
        }

        throw new DamagedRunException(side, run, null, "does not end as it was written");
    }

    // No length at all when the file has no tail, or one that says what cannot be.
    static (long Indexed, long Named) ReadTail(ReadOnlySpan<byte> tail)
    {
        if (tail.Length < TailBytes)
        {
            return default;
        }

        var (indexed, named) = (BinaryPrimitives.ReadInt32LittleEndian(tail), BinaryPrimitives.ReadInt32LittleEndian(tail[sizeof(int)..]));
        return indexed < 0 || named < 0 ? default : (indexed, named);
    }

    // Empty when the file does not reach so far.
    static async ValueTask<byte[]> ReadAsync(SafeFileHandle file, long offset, long length, CancellationToken cancellationToken)
    {
        if (offset < 0 || length > int.MaxValue)
        {
            return [];
        }

        var bytes = new byte[length];
        var read = 0;
        while (read < length && await RandomAccess.ReadAsync(file, bytes.AsMemory(read), offset + read, cancellationToken) is var more and > 0)
        {
            read += more;
        }

        return read == length ? bytes : [];
    }
}
