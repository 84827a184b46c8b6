using System.Globalization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>
/// Proves one stream: its entries, their payloads, its head, and what checkpoints say of it. It may grow meanwhile: only what stood there when
/// its head was read is judged.
/// </summary>
sealed class StreamVerification
{
    const long MostEntries = 999_999_999_998;

    readonly IRowStore _store;
    readonly Tally _tally;
    readonly string _table;
    readonly string _stream;
    readonly IReadOnlyList<LeafMark> _marks;
    AuditHead _at = AuditHead.Empty;
    bool _beforeIsKnown = true;
    int _mark;

    /// <param name="store">The store.</param>
    /// <param name="tally">Takes what is found.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="marks">What checkpoints say of it.</param>
    public StreamVerification(IRowStore store, Tally tally, (string Table, string Stream) stream, IReadOnlyList<LeafMark> marks)
    {
        (_store, _tally, _table, _stream) = (store, tally, stream.Table, stream.Stream);
        _marks = [.. marks.OrderBy(mark => mark.Number)];
    }

    /// <summary>Reads the stream once, in bounded memory.</summary>
    /// <param name="anchored">The last checkpoint that is anchored.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task RunAsync(long anchored, CancellationToken cancellationToken)
    {
        var head = await ReadHeadAsync(cancellationToken);
        var end = head is { Number: >= 0 and <= MostEntries } ? head.Number : MostEntries;
        var upTo = _marks.Where(mark => mark.Checkpoint <= anchored).Select(mark => mark.Number).DefaultIfEmpty().Max();
        await using var payloads = new PayloadCursor(_store, (_table, _stream), AuditChain.PayloadKey(end + 1), cancellationToken);
        await payloads.MoveAsync();
        await foreach (var row in QueryAsync(new KeyRange(AuditChain.EntryPrefix, AuditChain.EntryKey(end + 1)), cancellationToken))
        {
            _tally.CountEntry();
            var entry = Take(row);
            _tally.Unanchored += _at.Number > upTo ? 1 : 0;
            await TakePayloadAsync(payloads, row, entry);
        }

        await RefusePayloadsAsync(payloads, null);
        await EndAsync(head, end, cancellationToken);
    }

    async Task<AuditHead?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        if (await _store.GetAsync(new RowAddress(_table, _stream, AuditChain.HeadKey), cancellationToken) is not { } row)
        {
            return AuditHead.Empty;
        }

        if (Reading.Try<AuditHead>(row, out var head))
        {
            return head;
        }

        _tally.Add(AuditFault.OfRow(_table, row));
        return null;
    }

    IAsyncEnumerable<Row> QueryAsync(KeyRange range, CancellationToken cancellationToken) => _store.QueryAsync(_table, _stream, range, cancellationToken);

    AuditEntry? Take(Row row)
    {
        var expected = _at.Number + 1;
        if (!Reading.Try<AuditEntry>(row, out var entry))
        {
            _tally.Add(AuditFault.OfRow(_table, row));
            _at = new AuditHead(long.TryParse(row.Key.AsSpan(AuditChain.EntryPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : expected, string.Empty);
            _beforeIsKnown = false;
            return null;
        }

        if (row.Key != AuditChain.EntryKey(entry.Number) || entry.Number != expected)
        {
            Fault(expected, $"missing or out of order: entry {entry.Number} stands at {row.Key}");
        }

        if (entry.Hash != AuditChain.HashOf(entry))
        {
            Fault(entry.Number, "changed: its hash does not fit its content");
        }
        else if (_beforeIsKnown && entry.Number == expected && entry.Previous != AuditChain.PreviousOf(_stream, _at))
        {
            Fault(entry.Number, "its link to the entry before does not fit");
        }

        (_at, _beforeIsKnown) = (new AuditHead(entry.Number, entry.Hash), true);
        CheckMarks(entry);
        return entry;
    }

    void CheckMarks(AuditEntry entry)
    {
        for (; _mark < _marks.Count && _marks[_mark].Number <= entry.Number; _mark++)
        {
            if (_marks[_mark].Number == entry.Number && _marks[_mark].Hash != entry.Hash)
            {
                Fault(entry.Number, $"rewritten: checkpoint {_marks[_mark].Checkpoint} holds another hash of it");
            }
        }
    }

    async Task TakePayloadAsync(PayloadCursor payloads, Row row, AuditEntry? entry)
    {
        var key = AuditChain.PayloadPrefix + row.Key[AuditChain.EntryPrefix.Length..];
        await RefusePayloadsAsync(payloads, key);
        if (payloads.Current is not { } found || found.Key != key)
        {
            _tally.Erased++;
            return;
        }

        if (!Reading.Try<AuditPayload>(found, out var payload))
        {
            _tally.Add(AuditFault.OfRow(_table, found));
        }
        else if (entry is not null && (!AuditChain.IsSalt(payload.Salt) || AuditChain.HashOf(payload) != entry.PayloadHash))
        {
            Fault(entry.Number, "changed: its payload does not fit its hash");
        }

        await payloads.MoveAsync();
    }

    /// <summary>Payloads before the key given, or all that are left, belong to no entry.</summary>
    async Task RefusePayloadsAsync(PayloadCursor payloads, string? before)
    {
        for (; payloads.Current is { } row && (before is null || string.CompareOrdinal(row.Key, before) < 0); await payloads.MoveAsync())
        {
            _tally.Add(AuditFault.OfStream(_table, _stream, $"a payload without an entry stands at {row.Key}"));
        }
    }

    async Task EndAsync(AuditHead? head, long end, CancellationToken cancellationToken)
    {
        if (head is not null && (head.Number != _at.Number || (_beforeIsKnown && head.Hash != _at.Hash)))
        {
            Fault(head.Number, $"the stream should end with entry {head.Number} and ends with {_at.Number}");
        }

        if (_marks.Count > 0 && _marks[^1] is var mark && mark.Number > _at.Number)
        {
            Fault(mark.Number, $"cut off: checkpoint {mark.Checkpoint} holds it, and the stream ends with entry {_at.Number}");
        }

        KeyRange[] behind =
        [
            KeyRange.StartingWith(AuditChain.EntryPrefix) with { From = AuditChain.EntryKey(end + 1) },
            KeyRange.StartingWith(AuditChain.PayloadPrefix) with { From = AuditChain.PayloadKey(end + 1) },
        ];
        foreach (var range in behind)
        {
            await foreach (var beyond in QueryAsync(range, cancellationToken))
            {
                // Unless the stream has grown since, its head was put back.
                if (await ReadHeadAsync(cancellationToken) is { } now && now == head)
                {
                    Fault(end, $"the stream should end with it, and {beyond.Key} stands behind it");
                }

                break;
            }
        }
    }

    void Fault(long number, string fault) => _tally.Add(AuditFault.OfEntry(_table, _stream, number, fault));
}
