using System.Runtime.InteropServices;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Goes through the images of one run, chunk by chunk.</summary>
sealed class ChunkCursor(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, int chunk, int offset) : IAsyncDisposable
{
    IAsyncEnumerator<ReadOnlyMemory<byte>>? _chunks;
    byte[] _bytes = [];
    int _begin;
    int _end;
    int _next;
    int _keyAt;
    int _keyLength;
    int _chunk = chunk - 1;
    int _skip = offset;

    /// <summary>The first eight bytes of the key; after the end the highest number there is.</summary>
    public ulong Word { get; private set; }

    /// <summary>Whether there is nothing more.</summary>
    public bool Ended { get; private set; }

    public ReadOnlySpan<byte> Key => new(_bytes, _keyAt, _keyLength);

    public ReadOnlySpan<byte> Content => new(_bytes, _keyAt + _keyLength, _next - _keyAt - _keyLength);

    /// <summary>The chunk of the current image and where it begins there; behind the last chunk at the end.</summary>
    public (int Chunk, int Offset) Position => _chunks is null
        ? (_chunk + 1, _skip)
        : Ended ? (_chunk, 0) : (_chunk, _keyAt - ImageLayout.HeaderBytes - _begin);

    /// <summary>Goes to the next image of the chunk; false at its end.</summary>
    /// <exception cref="InvalidDataException">The chunk ends within an image.</exception>
    public bool TryMoveNext()
    {
        if (_next == _end)
        {
            return false;
        }

        var (key, content) = ImageLayout.ReadLengths(_bytes.AsSpan(_next, _end - _next));
        _keyAt = _next + ImageLayout.HeaderBytes;
        _keyLength = key;
        _next = _keyAt + key + content;
        Word = ImageLayout.WordAt(Key, 0);
        return true;
    }

    /// <summary>Reads the next chunk and goes to its first image, or to the end.</summary>
    public async ValueTask ReadAsync(CancellationToken cancellationToken)
    {
        _chunks ??= chunks.GetAsyncEnumerator(cancellationToken);
        do
        {
            _chunk++;
            if (!await _chunks.MoveNextAsync())
            {
                (Ended, Word, _next, _end) = (true, ulong.MaxValue, 0, 0);
                RequireSkipped(_skip == 0);
                return;
            }

            Take(_chunks.Current);
        }
        while (!TryMoveNext());

        while (_skip > 0)
        {
            var reached = Position.Offset == _skip;
            RequireSkipped(reached || (Position.Offset < _skip && TryMoveNext()));
            _skip = reached ? 0 : _skip;
        }
    }

    public ValueTask DisposeAsync() => _chunks?.DisposeAsync() ?? ValueTask.CompletedTask;

    void Take(ReadOnlyMemory<byte> chunk)
    {
        var array = MemoryMarshal.TryGetArray(chunk, out var segment) ? segment : new ArraySegment<byte>(chunk.ToArray());
        (_bytes, _begin, _next, _end) = (array.Array!, array.Offset, array.Offset, array.Offset + array.Count);
    }

    static void RequireSkipped(bool skipped)
    {
        if (!skipped)
        {
            throw new StalePositionException("it lies between two images");
        }
    }
}
