using ServerlessSync.Mesh.Audit;

namespace ServerlessSync.Mesh.Storage;

/// <summary>
/// One edit of one partition: what it read, what it will write, and the audit entries that go with it, all committed together or not at all.
/// A row it saves or deletes after reading is protected by the ETag it read.
/// </summary>
public sealed class PartitionEdit
{
    readonly IRowStore _store;
    readonly Dictionary<string, Row?> _read = [];
    readonly Dictionary<string, RowWrite> _writes = [];
    readonly List<AuditDraft> _entries = [];

    internal PartitionEdit(IRowStore store, string table, string partition)
    {
        _store = store;
        Table = table;
        Partition = partition;
    }

    /// <summary>The table.</summary>
    public string Table { get; }

    /// <summary>The partition.</summary>
    public string Partition { get; }

    internal bool HasEntries => _entries.Count > 0;

    internal bool HasWrites => _writes.Count > 0 || HasEntries;

    /// <summary>Reads a row as a value, or null; the same row is read once.</summary>
    public async ValueTask<T?> ReadAsync<T>(string key, CancellationToken cancellationToken)
        where T : class =>
        await ReadRowAsync(key, cancellationToken) is { } row ? MeshJson.FromRow<T>(row, Table) : null;

    /// <summary>Whether a row is there; one that only marks something may be damaged.</summary>
    public async ValueTask<bool> HasAsync(string key, CancellationToken cancellationToken) =>
        await ReadRowAsync(key, cancellationToken) is not null;

    /// <summary>Reads every row whose key begins with the prefix, as values by key.</summary>
    public async Task<SortedDictionary<string, T>> ReadAllAsync<T>(string prefix, CancellationToken cancellationToken)
        where T : class
    {
        var values = new SortedDictionary<string, T>(StringComparer.Ordinal);
        await foreach (var row in _store.QueryAsync(Table, Partition, KeyRange.StartingWith(prefix), cancellationToken))
        {
            _read[row.Key] = row;
            values.Add(row.Key, MeshJson.FromRow<T>(row, Table));
        }

        return values;
    }

    /// <summary>Writes a row: replaces it as it was read in this edit, or inserts it when it was not there or not read.</summary>
    public void Save<T>(string key, T value)
    {
        var body = MeshJson.ToBytes(value);
        _writes[key] = RowWrite.Save(key, _read.GetValueOrDefault(key)?.ETag, body);
    }

    /// <summary>Deletes a row as it was read in this edit; one that was absent stays absent.</summary>
    public void Delete(string key)
    {
        if (_read.GetValueOrDefault(key) is { } row)
        {
            _writes[key] = RowWrite.Delete(key, row.ETag);
        }
    }

    /// <summary>Appends an entry to this partition's audit stream.</summary>
    public void Audit(AuditDraft entry) => _entries.Add(entry);

    /// <summary>Whether this partition's audit stream has an entry with that id; reads the whole stream. An entry that cannot be read has none.</summary>
    internal async Task<bool> HasEntryAsync(string id, CancellationToken cancellationToken)
    {
        // The head first: an entry appended behind it ends this edit in a conflict.
        await HasAsync(AuditChain.HeadKey, cancellationToken);
        await foreach (var row in _store.QueryAsync(Table, Partition, KeyRange.StartingWith(AuditChain.EntryPrefix), cancellationToken))
        {
            if (Reading.Try<AuditEntry>(row, out var entry) && entry.Id == id)
            {
                return true;
            }
        }

        return false;
    }

    async ValueTask<Row?> ReadRowAsync(string key, CancellationToken cancellationToken)
    {
        if (!_read.TryGetValue(key, out var row))
        {
            row = await _store.GetAsync(new RowAddress(Table, Partition, key), cancellationToken);
            _read[key] = row;
        }

        return row;
    }

    internal async Task<CommitResult> CommitAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_entries.Count > 0)
        {
            var head = await ReadAsync<AuditHead>(AuditChain.HeadKey, cancellationToken) ?? AuditHead.Empty;
            foreach (var draft in _entries)
            {
                var (entry, payload) = AuditChain.Append(Partition, head, draft, now);
                Save(AuditChain.EntryKey(entry.Number), entry);
                Save(AuditChain.PayloadKey(entry.Number), payload);
                head = new AuditHead(entry.Number, entry.Hash);
            }

            Save(AuditChain.HeadKey, head);
        }

        return await _store.CommitAsync(new RowBatch(Table, Partition, [.. _writes.Values]), cancellationToken);
    }
}
