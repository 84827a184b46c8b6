namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Compares what the record wants with what a target holds, key by key, in the memory of one chunk for each run. Equal content is compared as bytes;
/// the handler alone looks into what differs. Not for several threads.
/// </summary>
public sealed class Comparison : IAsyncDisposable
{
    readonly ComparedSide _record;
    readonly ComparedSide _target;
    readonly ComparisonPosition? _runs;
    bool _stands = true;

    /// <summary>Compares two sides that come in key order. There is no position to go on from; the merges are disposed with it.</summary>
    public Comparison(ImageMerge record, ImageMerge target)
        : this(record, target, null)
    {
    }

    Comparison(ImageMerge record, ImageMerge target, ComparisonPosition? runs)
    {
        _record = new(ComparisonSide.Record, record);
        _target = new(ComparisonSide.Target, target);
        _runs = runs;
    }

    /// <summary>Whether everything has been compared.</summary>
    public bool Ended { get; private set; }

    /// <summary>Compares two sides that were written as sorted runs.</summary>
    /// <param name="runs">Where the runs are.</param>
    /// <param name="recordSide">Side of the record.</param>
    /// <param name="targetSide">Side of the target.</param>
    /// <param name="position">What <see cref="ToPosition"/> gave earlier; empty to begin at the start.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="StalePositionException">The position is not one of these runs.</exception>
    /// <exception cref="DamagedRunException">A run is damaged.</exception>
    public static async Task<Comparison> OpenAsync(
        ISortedRunStore runs, string recordSide, string targetSide, ReadOnlyMemory<byte> position, CancellationToken cancellationToken) =>
        Open(runs, await runs.ListAsync(recordSide, cancellationToken), await runs.ListAsync(targetSide, cancellationToken), position);

    /// <summary>Compares two sides of which these runs count.</summary>
    /// <param name="runs">Where the runs are.</param>
    /// <param name="recordRuns">Those of the record.</param>
    /// <param name="targetRuns">Those of the target.</param>
    /// <param name="position">What <see cref="ToPosition"/> gave earlier, of the same runs; empty to begin at the start.</param>
    /// <exception cref="StalePositionException">The position is not one of these runs.</exception>
    public static Comparison Open(
        ISortedRunStore runs, IReadOnlyList<SortedRun> recordRuns, IReadOnlyList<SortedRun> targetRuns, ReadOnlyMemory<byte> position)
    {
        var start = new ComparisonPosition(recordRuns, targetRuns);
        var (record, target) = start.Read(position.Span);
        return new Comparison(Merge(start.Record, record), Merge(start.Target, target), start);

        // Each read brings its own token.
        ImageMerge Merge(IReadOnlyList<SortedRun> side, (int Chunk, int Offset)[] places) =>
            new(side.Zip(places, (run, at) => new ChunkCursor(runs.ReadAsync(run, at.Chunk, CancellationToken.None), at.Chunk, at.Offset)));
    }

    /// <summary>Goes on until so many keys are compared, or to the end.</summary>
    /// <param name="handler">Is told what differs. What it throws ends the comparison.</param>
    /// <param name="most">Most distinct keys.</param>
    /// <param name="cancellationToken">Ends the call. After that, and after any exception, the comparison goes on from an earlier position only.</param>
    /// <returns>What was met in this call.</returns>
    /// <exception cref="UnsortedImagesException">A side is not in key order.</exception>
    /// <exception cref="DamagedRunException">A run is damaged.</exception>
    /// <exception cref="InvalidDataException">A chunk does not hold images.</exception>
    public async ValueTask<ComparisonCounts> RunAsync(IComparisonHandler handler, long most, CancellationToken cancellationToken)
    {
        _stands = false;
        var walk = new ComparisonWalk(_record, _target, handler, most);
        while (!walk.Run())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await _record.ReadAsync(cancellationToken);
            await _target.ReadAsync(cancellationToken);
        }

        _stands = true;
        Ended = _record.Ended && _target.Ended;
        return walk.Counts;
    }

    /// <summary>Where it stands, to be stored and given to <see cref="OpenAsync"/>: 8 bytes for each run and some for the whole.</summary>
    /// <exception cref="InvalidOperationException">It compares streams, or failed meanwhile.</exception>
    public byte[] ToPosition() => _stands && _runs is not null
        ? _runs.Write(_record.Stream.Positions, _target.Stream.Positions)
        : throw new InvalidOperationException("Only a comparison of sorted runs that did not fail has a position.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _record.Stream.DisposeAsync();
        await _target.Stream.DisposeAsync();
    }
}
