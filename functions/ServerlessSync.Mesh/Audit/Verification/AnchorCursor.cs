namespace ServerlessSync.Mesh.Audit;

/// <summary>Goes through an anchor line by line and checks each: that it is a checkpoint, whole, signed, and follows the one before.</summary>
sealed class AnchorCursor(AnchorRecord record, Tally tally, CancellationToken cancellationToken) : IAsyncDisposable
{
    readonly IAsyncEnumerator<AnchorLine> _lines = record.Anchor.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
    Checkpoint? _before;
    bool _beforeIsKnown = true;

    /// <summary>The checkpoint it stands at; null at the end.</summary>
    public Checkpoint? Current { get; private set; }

    /// <summary>The highest number seen.</summary>
    public long Last { get; private set; }

    /// <summary>Goes to the next checkpoint.</summary>
    public async Task MoveAsync()
    {
        Current = null;
        while (Current is null && await _lines.MoveNextAsync())
        {
            Take(_lines.Current);
        }
    }

    public ValueTask DisposeAsync() => _lines.DisposeAsync();

    void Take(AnchorLine line)
    {
        if (line.IsTorn)
        {
            // Half a line is what a crash leaves; if a whole one was meant, the store says that it had been appended.
            return;
        }

        if (line.Checkpoint is not { } checkpoint)
        {
            tally.Add(AuditFault.OfAnchor(line.Number, "damaged: it holds no checkpoint"));
            _beforeIsKnown = false;
            return;
        }

        if (_beforeIsKnown && checkpoint.Number != Last + 1)
        {
            tally.Add(AuditFault.OfAnchor(line.Number, $"checkpoint {checkpoint.Number} stands behind checkpoint {Last}"));
            _beforeIsKnown = false;
        }

        if (checkpoint.Number <= Last)
        {
            return;
        }

        if (CheckpointCheck.FaultOf(checkpoint, record.Keys) is { } fault)
        {
            tally.Add(AuditFault.OfAnchor(line.Number, fault));
        }
        else if (_beforeIsKnown && checkpoint.Previous != (_before?.Hash ?? CheckpointChain.First))
        {
            tally.Add(AuditFault.OfAnchor(line.Number, "its link to the checkpoint before does not fit"));
        }

        (Current, _before, _beforeIsKnown, Last) = (checkpoint, checkpoint, true, checkpoint.Number);
    }
}
