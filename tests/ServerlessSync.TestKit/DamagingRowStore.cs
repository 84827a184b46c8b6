using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.TestKit;

/// <summary>A row store that delivers chosen rows as damaged, as a durable one does when a stored checksum does not fit; what is written stays.</summary>
public sealed class DamagingRowStore(IRowStore inner) : IRowStore
{
    static readonly Func<Row, Row> Rot = static sound => sound with { Body = ReadOnlyMemory<byte>.Empty, Damaged = true };

    readonly ConcurrentDictionary<RowAddress, Func<Row, Row>> _chosen = new();
    Func<RowAddress, bool>? _rotten;

    /// <summary>Damages a row, whether it is there already or comes later.</summary>
    public void Damage(RowAddress row) => _chosen[row] = Rot;

    /// <summary>Damages every row of which this holds, in place of those it was told before.</summary>
    public void Damage(Func<RowAddress, bool> which) => _rotten = which;

    /// <summary>Replaces a row's content by what is no JSON, under a checksum that fits.</summary>
    public void Garble(RowAddress row) => _chosen[row] = static sound => sound with { Body = "no json"u8.ToArray() };

    /// <summary>Mends a row.</summary>
    public void Mend(RowAddress row) => _chosen.TryRemove(row, out _);

    public async ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken) =>
        await inner.GetAsync(address, cancellationToken) is { } row ? Deliver(address.Table, row) : null;

    public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) =>
        DeliverAsync(table, inner.QueryAsync(table, partition, range, cancellationToken), cancellationToken);

    public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) =>
        DeliverAsync(table, inner.ScanAsync(table, partitions, cancellationToken), cancellationToken);

    public ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken) => inner.CommitAsync(batch, cancellationToken);

    async IAsyncEnumerable<Row> DeliverAsync(string table, IAsyncEnumerable<Row> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            yield return Deliver(table, row);
        }
    }

    Row Deliver(string table, Row row)
    {
        var address = new RowAddress(table, row.Partition, row.Key);
        return _chosen.TryGetValue(address, out var change) ? change(row)
            : _rotten is { } rotten && rotten(address) ? Rot(row)
            : row;
    }
}
