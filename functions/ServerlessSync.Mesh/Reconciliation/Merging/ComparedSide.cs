namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>One side of a comparison and what is known of where it stands.</summary>
sealed class ComparedSide(ComparisonSide side, ImageMerge stream)
{
    bool _mustRead;
    bool _hasRead;

    public ComparisonSide Side { get; } = side;

    public ImageMerge Stream { get; } = stream;

    /// <summary>Whether it has no image any more.</summary>
    public bool Ended { get; private set; }

    /// <summary>Whether its image has been dealt with, so that it has to move on.</summary>
    public bool Done { get; set; } = true;

    /// <summary>Moves on; false when that takes a read.</summary>
    public bool TryMoveNext()
    {
        if (_hasRead || Stream.TryMoveNext())
        {
            _hasRead = false;
            return true;
        }

        _mustRead = true;
        return false;
    }

    /// <summary>Reads if it must.</summary>
    public async ValueTask ReadAsync(CancellationToken cancellationToken)
    {
        if (_mustRead)
        {
            _hasRead = await Stream.ReadAsync(cancellationToken);
            _mustRead = false;
            Ended = !_hasRead;
        }
    }
}
