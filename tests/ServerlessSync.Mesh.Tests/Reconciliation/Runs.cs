using System.Globalization;
using ServerlessSync.Mesh.Reconciliation;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

/// <summary>Writes items as sorted runs of random sizes, in chunks cut at random places.</summary>
static class Runs
{
    public static async Task WriteAsync(ISortedRunStore store, string side, Random random, int items, Action<ImageBatch, int> add)
    {
        await store.DropAsync(side, CancellationToken.None);
        using var batch = new ImageBatch();
        var runs = 0;
        for (var next = 0; next < items;)
        {
            for (var size = random.Next(1, 50); size > 0 && next < items; size--)
            {
                add(batch, next++);
            }

            await store.WriteAsync(side, (++runs).ToString(CultureInfo.InvariantCulture), Cut(random, batch.ToChunks()), CancellationToken.None);
            batch.Clear();
        }
    }

    // A batch makes large chunks; small ones show what happens between two of them.
    public static IEnumerable<ReadOnlyMemory<byte>> Cut(Random random, IEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        foreach (var chunk in chunks)
        {
            for (var rest = chunk; !rest.IsEmpty;)
            {
                var length = 0;
                for (var images = random.Next(1, 6); images > 0 && length < rest.Length; images--)
                {
                    var at = rest.Span[length..];
                    length += 6 + BitConverter.ToInt32(at) + BitConverter.ToUInt16(at[4..]);
                }

                yield return rest[..length];
                rest = rest[length..];
            }
        }
    }
}
