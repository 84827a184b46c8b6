using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>Goes through the payloads of a stream, beside its entries.</summary>
sealed class PayloadCursor(IRowStore store, (string Table, string Stream) stream, string before, CancellationToken cancellationToken) : IAsyncDisposable
{
    readonly IAsyncEnumerator<Row> _rows = store
        .QueryAsync(stream.Table, stream.Stream, new KeyRange(AuditChain.PayloadPrefix, before), cancellationToken).GetAsyncEnumerator(cancellationToken);

    /// <summary>The row it stands at; null at the end.</summary>
    public Row? Current { get; private set; }

    public async Task MoveAsync() => Current = await _rows.MoveNextAsync() ? _rows.Current : null;

    public ValueTask DisposeAsync() => _rows.DisposeAsync();
}
