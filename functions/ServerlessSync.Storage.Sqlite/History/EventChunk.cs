using System.Buffers.Binary;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>The events of one turn as one value, each after its length in four bytes: one row per turn, not one per event.</summary>
static class EventChunk
{
    public static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> events)
    {
        var length = 0;
        for (var i = 0; i < events.Count; i++)
        {
            length += sizeof(int) + events[i].Length;
        }

        var chunk = length == 0 ? [] : GC.AllocateUninitializedArray<byte>(length);
        var rest = chunk.AsSpan();
        for (var i = 0; i < events.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, events[i].Length);
            events[i].Span.CopyTo(rest[sizeof(int)..]);
            rest = rest[(sizeof(int) + events[i].Length)..];
        }

        return chunk;
    }

    /// <summary>Adds the events of a chunk; they share its bytes.</summary>
    public static void Split(ReadOnlyMemory<byte> chunk, List<ReadOnlyMemory<byte>> events)
    {
        while (!chunk.IsEmpty)
        {
            var length = chunk.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(chunk.Span);
            if (length < 0 || length > chunk.Length - sizeof(int))
            {
                throw new StoreException(StoreFailure.Corrupt, "The events of a run are not framed as they were written.");
            }

            events.Add(chunk.Slice(sizeof(int), length));
            chunk = chunk[(sizeof(int) + length)..];
        }
    }
}
