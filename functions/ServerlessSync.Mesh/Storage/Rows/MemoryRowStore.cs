using System.Globalization;
using System.Runtime.CompilerServices;

namespace ServerlessSync.Mesh.Storage;

/// <summary>The row store in memory: for tests and for a mesh that need not outlive its process.</summary>
public sealed class MemoryRowStore : IRowStore
{
    const int PageRows = 256;

    readonly Lock _gate = new();
    readonly Dictionary<string, SortedSet<Entry>> _tables = new(StringComparer.Ordinal);
    long _version;

    /// <inheritdoc/>
    public ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(Find(address.Table, new(address.Partition, address.Key))?.ToRow());
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) =>
        ReadAsync(table, new(partition, range.From), e => e.Partition == partition && range.Contains(e.Key), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) =>
        ReadAsync(table, new(partitions.From, string.Empty), e => partitions.Contains(e.Partition), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            for (var i = 0; i < batch.Writes.Count; i++)
            {
                if (!Holds(batch, batch.Writes[i]))
                {
                    return new(CommitResult.Conflict(i));
                }
            }

            var etags = new string?[batch.Writes.Count];
            for (var i = 0; i < etags.Length; i++)
            {
                etags[i] = Write(batch, batch.Writes[i]);
            }

            return new(new CommitResult(-1, etags));
        }
    }

    bool Holds(RowBatch batch, RowWrite write) => write.Condition switch
    {
        RowCondition.Absent => Find(batch.Table, new(batch.Partition, write.Key)) is null,
        RowCondition.Match => Find(batch.Table, new(batch.Partition, write.Key)) is { } row && row.ETag == write.ETag,
        _ => true,
    };

    string? Write(RowBatch batch, RowWrite write)
    {
        if (!_tables.TryGetValue(batch.Table, out var rows))
        {
            _tables[batch.Table] = rows = new(Entry.InOrder);
        }

        var entry = new Entry(batch.Partition, write.Key);
        rows.Remove(entry);
        if (write.Body is not { } body)
        {
            return null;
        }

        var etag = (++_version).ToString(CultureInfo.InvariantCulture);
        rows.Add(entry with { Body = body.ToArray(), ETag = etag });
        return etag;
    }

    Entry? Find(string table, Entry key) => _tables.TryGetValue(table, out var rows) && rows.TryGetValue(key, out var row) ? row : null;

    async IAsyncEnumerable<Row> ReadAsync(
        string table, Entry from, Func<Entry, bool> inRange, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = new List<Entry>(PageRows);
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            TakePage(table, from, inRange, page);
            foreach (var entry in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return entry.ToRow();
            }

            // The consumer ran between the pages, so the next one begins just behind the last key.
            from = page.Count == 0 ? from : new(page[^1].Partition, page[^1].Key + '\0');
        }
        while (page.Count == PageRows);

        await ValueTask.CompletedTask;
    }

    void TakePage(string table, Entry from, Func<Entry, bool> inRange, List<Entry> page)
    {
        page.Clear();
        lock (_gate)
        {
            if (!_tables.TryGetValue(table, out var rows) || rows.Max is not { } last || Entry.InOrder.Compare(from, last) > 0)
            {
                return;
            }

            foreach (var entry in rows.GetViewBetween(from, last))
            {
                if (page.Count == PageRows || !inRange(entry))
                {
                    return;
                }

                page.Add(entry);
            }
        }
    }

    sealed record Entry(string Partition, string Key)
    {
        public static readonly Comparer<Entry> InOrder = Comparer<Entry>.Create(static (a, b) =>
            string.CompareOrdinal(a.Partition, b.Partition) is var order and not 0 ? order : string.CompareOrdinal(a.Key, b.Key));

        public ReadOnlyMemory<byte> Body { get; init; }

        public string ETag { get; init; } = string.Empty;

        public Row ToRow() => new(Partition, Key, Body, ETag);
    }
}
