using System.Threading.Channels;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.EndToEnd.Overload;

/// <summary>A row store whose commits to one table wait until they are let through, and are counted while they are inside.</summary>
sealed class BlockableRowStore(IRowStore inner, string table) : IRowStore
{
    readonly Channel<int> _entered = Channel.CreateUnbounded<int>();
    TaskCompletionSource? _block;
    int _inside;

    /// <summary>Most commits that were inside at once.</summary>
    public int MostInside { get; private set; }

    public void Block() => _block = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => Interlocked.Exchange(ref _block, null)?.SetResult();

    /// <summary>Waits until so many more commits have come in.</summary>
    public async Task WaitForCommitsAsync(int commits)
    {
        for (; commits > 0; commits--)
        {
            await _entered.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(2));
        }
    }

    public ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken) => inner.GetAsync(address, cancellationToken);

    public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) =>
        inner.QueryAsync(table, partition, range, cancellationToken);

    public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) =>
        inner.ScanAsync(table, partitions, cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        if (_block is not { } block || batch.Table != table)
        {
            return await inner.CommitAsync(batch, cancellationToken);
        }

        var inside = Interlocked.Increment(ref _inside);
        lock (_entered)
        {
            MostInside = Math.Max(MostInside, inside);
        }

        _entered.Writer.TryWrite(inside);
        await block.Task;
        Interlocked.Decrement(ref _inside);
        return await inner.CommitAsync(batch, cancellationToken);
    }
}
