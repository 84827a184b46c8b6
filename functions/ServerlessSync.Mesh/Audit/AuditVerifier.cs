using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>
/// Reads every stream and proves that no entry was changed, dropped or put elsewhere. A stream cut at its end together with its head is
/// beyond what a chain can show by itself.
/// </summary>
public sealed class AuditVerifier(IRowStore store)
{
    /// <summary>A stream that grows while it is read is read again.</summary>
    const int MostReads = 5;

    static readonly string[] Tables = [TableNames.Exceptions, TableNames.Identities];

    /// <summary>Verifies everything, in bounded memory but for the faults.</summary>
    public async Task<AuditReport> VerifyAsync(CancellationToken cancellationToken)
    {
        var (streams, entries, erased) = (0L, 0L, 0L);
        var faults = new List<AuditFault>();
        foreach (var table in Tables)
        {
            string? partition = null;
            await foreach (var row in store.ScanAsync(table, KeyRange.All, cancellationToken))
            {
                if (row.Partition == partition || !IsAudit(row.Key))
                {
                    continue;
                }

                partition = row.Partition;
                var stream = await VerifyStreamAsync(table, partition, cancellationToken);
                (streams, entries, erased) = (streams + 1, entries + stream.Entries, erased + stream.Erased);
                faults.AddRange(stream.Faults);
            }
        }

        return new AuditReport(streams, entries, erased, faults);
    }

    static bool IsAudit(string key) =>
        key == AuditChain.HeadKey
        || key.StartsWith(AuditChain.EntryPrefix, StringComparison.Ordinal)
        || key.StartsWith(AuditChain.PayloadPrefix, StringComparison.Ordinal);

    async Task<StreamCheck> VerifyStreamAsync(string table, string partition, CancellationToken cancellationToken)
    {
        for (var read = 1; ; read++)
        {
            var before = await HeadAsync(table, partition, cancellationToken);
            var check = new StreamCheck(table, partition);
            await foreach (var row in store.QueryAsync(table, partition, KeyRange.StartingWith(AuditChain.EntryPrefix), cancellationToken))
            {
                check.Add(MeshJson.FromRow<AuditEntry>(row), row.Key);
            }

            await foreach (var row in store.QueryAsync(table, partition, KeyRange.StartingWith(AuditChain.PayloadPrefix), cancellationToken))
            {
                check.Add(MeshJson.FromRow<AuditPayload>(row), row.Key);
            }

            var after = await HeadAsync(table, partition, cancellationToken);
            if (before == after || read == MostReads)
            {
                check.End(after);
                return check;
            }
        }
    }

    async Task<AuditHead> HeadAsync(string table, string partition, CancellationToken cancellationToken) =>
        await store.GetAsync(new RowAddress(table, partition, AuditChain.HeadKey), cancellationToken) is { } row
            ? MeshJson.FromRow<AuditHead>(row)
            : AuditHead.Empty;

    sealed class StreamCheck(string table, string stream)
    {
        readonly Dictionary<string, (long Number, string Hash)> _payloads = [];
        AuditHead _at = AuditHead.Empty;

        public List<AuditFault> Faults { get; } = [];

        public long Entries { get; private set; }

        public long Erased => _payloads.Count;

        public void Add(AuditEntry entry, string key)
        {
            Entries++;
            var expected = _at.Number + 1;
            if (key != AuditChain.EntryKey(entry.Number) || entry.Number != expected)
            {
                Fault(expected, $"missing or out of order: entry {entry.Number} stands at {key}");
            }

            if (entry.Hash != AuditChain.HashOf(entry))
            {
                Fault(entry.Number, "changed: its hash does not fit its content");
            }
            else if (entry.Number == expected && entry.Previous != AuditChain.PreviousOf(stream, _at))
            {
                Fault(entry.Number, "its link to the entry before does not fit");
            }

            _payloads[AuditChain.PayloadKey(entry.Number)] = (entry.Number, entry.PayloadHash);
            _at = new AuditHead(entry.Number, entry.Hash);
        }

        public void Add(AuditPayload payload, string key)
        {
            if (!_payloads.Remove(key, out var expected))
            {
                Fault(0, $"a payload without an entry stands at {key}");
            }
            else if (AuditChain.HashOf(payload) != expected.Hash)
            {
                Fault(expected.Number, "changed: its payload does not fit its hash");
            }
        }

        public void End(AuditHead head)
        {
            if (head != _at)
            {
                Fault(head.Number, $"the stream should end with entry {head.Number} and ends with {_at.Number}");
            }
        }

        void Fault(long number, string fault) => Faults.Add(new AuditFault(table, stream, number, fault));
    }
}
