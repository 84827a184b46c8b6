using System.Globalization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>What is known of the chain once it was read.</summary>
/// <param name="Checkpoints">Checkpoints in the store.</param>
/// <param name="Last">Number of the last one.</param>
/// <param name="Anchored">Number of the last one that stands in the anchor too.</param>
/// <param name="Waiting">How many wait to be appended to the anchor.</param>
sealed record ChainState(long Checkpoints, long Last, long Anchored, long Waiting);

/// <summary>Reads the chain of checkpoints in the store, and beside it the anchor, both in order.</summary>
sealed class ChainVerification(IRowStore store, AnchorRecord? record, Tally tally)
{
    readonly CheckpointRows _rows = new(store);
    string? _previous = CheckpointChain.First;
    long _last;
    long _count;
    long _anchored;
    long _waiting;
    bool _anchorEndTold;

    /// <summary>Reads both to their ends.</summary>
    public async Task<ChainState> RunAsync(CancellationToken cancellationToken)
    {
        // Before the anchor is read: what was noted as appended by now must be found there, however busy the host is meanwhile.
        var noted = await ReadNotedAsync(cancellationToken);
        await using var cursor = record is null ? null : new AnchorCursor(record, tally, cancellationToken);
        if (cursor is not null)
        {
            await cursor.MoveAsync();
        }

        await foreach (var row in _rows.ReadChainAsync(0, cancellationToken))
        {
            await TakeAsync(row, cursor, noted, cancellationToken);
        }

        if (cursor is not null)
        {
            await EndAsync(cursor, noted, cancellationToken);
        }

        return new ChainState(_count, _last, _anchored, _waiting);
    }

    async Task<long> ReadNotedAsync(CancellationToken cancellationToken)
    {
        if (await _rows.ReadAnchoredAsync(cancellationToken) is { } noted)
        {
            return noted;
        }

        tally.Add(new AuditFault($"{TableNames.Checkpoints}/{CheckpointChain.Partition} row {CheckpointChain.AnchoredKey}", string.Empty, "damaged"));
        return 0;
    }

    async Task TakeAsync(Row row, AnchorCursor? cursor, long noted, CancellationToken cancellationToken)
    {
        if (!long.TryParse(row.Key.AsSpan(CheckpointChain.Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            tally.Add(AuditFault.OfRow(TableNames.Checkpoints, row));
            return;
        }

        if (number != _last + 1)
        {
            tally.Add(AuditFault.OfCheckpoint(_last + 1, $"missing: the next one in the store is {number}"));
            _previous = null;
        }

        _count++;
        _last = number;
        var anchored = cursor is null ? null : await MeetAsync(cursor, number, noted, cancellationToken);
        if (!Reading.Try<Checkpoint>(row, out var checkpoint))
        {
            tally.Add(AuditFault.OfRow(TableNames.Checkpoints, row));
            _previous = null;
            return;
        }

        await CheckAsync(checkpoint, number, anchored, cancellationToken);
        _previous = checkpoint.Hash;
    }

    /// <summary>Brings the anchor up to a number; answers what it holds there.</summary>
    async Task<Checkpoint?> MeetAsync(AnchorCursor cursor, long number, long noted, CancellationToken cancellationToken)
    {
        while (cursor.Current is { } skipped && skipped.Number < number)
        {
            await MissAsync(skipped, cancellationToken);
            await cursor.MoveAsync();
        }

        if (cursor.Current is { } anchored && anchored.Number == number)
        {
            _anchored = number;
            await cursor.MoveAsync();
            return anchored;
        }

        if (cursor.Current is null && number > Math.Max(noted, cursor.Last))
        {
            _waiting++;
        }
        else
        {
            TellShort(cursor, number, noted);
        }

        return null;
    }

    void TellShort(AnchorCursor cursor, long number, long noted)
    {
        if (cursor.Current is not null || number <= cursor.Last)
        {
            tally.Add(AuditFault.OfCheckpoint(number, "missing in the anchor, which holds later ones"));
        }
        else if (!_anchorEndTold)
        {
            _anchorEndTold = true;
            tally.Add(AuditFault.OfCheckpoint(number, $"had been appended to the anchor, which ends with checkpoint {cursor.Last}: the anchor was shortened from {noted}"));
        }
    }

    async Task CheckAsync(Checkpoint checkpoint, long number, Checkpoint? anchored, CancellationToken cancellationToken)
    {
        if (anchored is not null && anchored.Hash != checkpoint.Hash)
        {
            tally.Add(AuditFault.OfCheckpoint(number, "another one stands in the anchor: the chain was forked or rewritten"));
        }

        if (checkpoint.Number != number)
        {
            tally.Add(AuditFault.OfCheckpoint(number, $"out of order: checkpoint {checkpoint.Number} stands in its place"));
        }

        if (CheckpointCheck.FaultOf(checkpoint, record?.Keys) is { } fault)
        {
            tally.Add(AuditFault.OfCheckpoint(number, fault));
        }
        else if (_previous is not null && checkpoint.Previous != _previous)
        {
            tally.Add(AuditFault.OfCheckpoint(number, "its link to the checkpoint before does not fit"));
        }

        if (checkpoint.Root is not null)
        {
            await CheckLeavesAsync(checkpoint, cancellationToken);
        }
    }

    async Task CheckLeavesAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var tree = new MerkleTree();
        await foreach (var row in _rows.ReadLeafRowsAsync(checkpoint, cancellationToken))
        {
            if (CheckpointRows.LeavesOf(row) is not { } leaves)
            {
                tally.Add(AuditFault.OfRow(TableNames.Checkpoints, row));
                continue;
            }

            foreach (var leaf in leaves)
            {
                tree.Add(CheckpointChain.LeafOf(leaf));
            }
        }

        if (tree.Count != checkpoint.Leaves || Convert.ToBase64String(tree.Root()) != checkpoint.Root)
        {
            tally.Add(AuditFault.OfCheckpoint(checkpoint.Number, $"its {tree.Count} leaves do not fit its root over {checkpoint.Leaves}"));
        }
    }

    async Task EndAsync(AnchorCursor cursor, long noted, CancellationToken cancellationToken)
    {
        for (; cursor.Current is { } left; await cursor.MoveAsync())
        {
            await MissAsync(left, cancellationToken);
        }

        if (noted > Math.Max(_last, cursor.Last))
        {
            tally.Add(AuditFault.OfCheckpoint(noted, $"had been appended to the anchor; store and anchor end with {Math.Max(_last, cursor.Last)}"));
        }
    }

    /// <summary>A checkpoint the anchor has and the store had not when its chain was read; one taken since is no fault.</summary>
    async Task MissAsync(Checkpoint anchored, CancellationToken cancellationToken)
    {
        if (anchored.Number <= _last || await _rows.FindAsync(anchored.Number, cancellationToken) is null)
        {
            tally.Add(AuditFault.OfCheckpoint(anchored.Number, "stands in the anchor and not in the store: the chain was cut"));
        }
    }
}
