using System.Threading.Channels;
using ServerlessSync.Mesh.Reconciliation;

namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>One side out of its CSV file.</summary>
sealed class CsvSide(string path, ImageSchema schema) : IDisposable
{
    const int ChunksAhead = 8;

    readonly CsvReader _rows = new(path, DriftRow.Columns.Length + 1);
    readonly ImageWriter _writer = new(schema);
    bool _isPending;

    /// <summary>What the columns are compared as; there is no column for the mark.</summary>
    public static ImageSchema Schema { get; } = ImageSchema.ForAccounts(DriftRow.Columns.Except([ImageSchema.Active, ImageSchema.UserName]));

    public void Dispose() => _rows.Dispose();

    /// <summary>The side in the order of the file, made on a thread of its own.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadSortedAsync()
    {
        var filled = Channel.CreateBounded<ImageChunk>(ChunksAhead);
        var filling = Task.Run(() => FillAsync(filled.Writer));
        await foreach (var chunk in filled.Reader.ReadAllAsync())
        {
            yield return chunk.Bytes;
            chunk.Dispose();
        }

        await filling;
    }

    /// <summary>Sorts the side into runs.</summary>
    public async Task SortAsync(ISortedRunStore runs, string side, CancellationToken cancellationToken)
    {
        using var batch = new ImageBatch();
        for (var (run, more) = (0, true); more; run++)
        {
            while (!batch.IsFull && (more = _rows.Read()))
            {
                batch.Add(ToImage());
            }

            await runs.WriteAsync(side, $"{run:D4}", batch.ToChunks(), cancellationToken);
            batch.Clear();
        }
    }

    async Task FillAsync(ChannelWriter<ImageChunk> filled)
    {
        Exception? failure = null;
        try
        {
            for (ImageChunk? chunk; (chunk = NextChunk()) is not null;)
            {
                await filled.WriteAsync(chunk);
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        filled.Complete(failure);
    }

    ImageChunk? NextChunk()
    {
        var chunk = new ImageChunk();
        while (_isPending || _rows.Read())
        {
            _isPending = !chunk.TryAdd(ToImage());
            if (_isPending)
            {
                return chunk;
            }
        }

        if (!chunk.Bytes.IsEmpty)
        {
            return chunk;
        }

        chunk.Dispose();
        return null;
    }

    Image ToImage()
    {
        _writer.Begin(_rows[0]);
        _writer.Field(_rows[1]);
        _writer.Field(_rows[2]);
        _writer.NoField();
        for (var column = 3; column <= DriftRow.Columns.Length; column++)
        {
            _writer.Field(_rows[column]);
        }

        return _writer.End();
    }
}
