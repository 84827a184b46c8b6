using System.Buffers;
using Microsoft.Win32.SafeHandles;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Hosting;

/// <summary>Reads the chunks of a run's file, one ahead of whoever works on them.</summary>
sealed class ChunkReader
{
    readonly SafeFileHandle _file;
    readonly RunIndex _index;
    byte[] _given;
    byte[] _ahead;
    Task<int> _reading;
    int _next;
    long _offset;

    public ChunkReader(SafeFileHandle file, RunIndex index, int fromChunk)
    {
        _file = file;
        _index = index;
        _next = fromChunk;
        _offset = index.OffsetOf(fromChunk);
        var largest = Enumerable.Range(fromChunk, index.Chunks - fromChunk).Max(index.LengthOf);
        _given = ArrayPool<byte>.Shared.Rent(largest);
        _ahead = ArrayPool<byte>.Shared.Rent(largest);
        _reading = ReadAheadAsync();
    }

    /// <summary>The next chunk, valid until the one after it is asked for; empty at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellationToken)
    {
        var length = await _reading.WaitAsync(cancellationToken);
        (_given, _ahead) = (_ahead, _given);
        _reading = length == 0 ? _reading : ReadAheadAsync();
        return _given.AsMemory(0, length);
    }

    /// <summary>Waits for what is still being read, so that the file can be closed.</summary>
    public async Task EndAsync()
    {
        await _reading.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        ArrayPool<byte>.Shared.Return(_given);
        ArrayPool<byte>.Shared.Return(_ahead);
    }

    async Task<int> ReadAheadAsync()
    {
        if (_next == _index.Chunks)
        {
            return 0;
        }

        var chunk = _next++;
        var bytes = _ahead.AsMemory(0, _index.LengthOf(chunk));
        try
        {
            for (var read = 0; read < bytes.Length;)
            {
                var more = await RandomAccess.ReadAsync(_file, bytes[read..], _offset + read);
                read = more > 0 ? read + more : throw new EndOfStreamException("the file ends before the chunk");
            }
        }
        catch (Exception e) when (FileSortedRunStore.IsFailure(e))
        {
            throw new StoreException(StoreFailure.Unavailable, $"A sorted run could not be read: {e.Message}", e);
        }

        _offset += bytes.Length;
        _index.Require(chunk, bytes.Span);
        return bytes.Length;
    }
}
