namespace ServerlessSync.Mesh.Audit;

/// <summary>What a checkpoint says of one entry of a stream.</summary>
/// <param name="Number">Number of the entry.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Checkpoint">The checkpoint.</param>
readonly record struct LeafMark(long Number, string Hash, long Checkpoint);

/// <summary>
/// The marks of a part of all streams, drawn by the hash of their names. When there are more than fit, the part is halved, and what fell out is
/// for the next window: however long the chain, memory stays bounded and the chain is read once a window.
/// </summary>
sealed class LeafWindow(long from, int capacity)
{
    /// <summary>One past the largest hash.</summary>
    public const long End = 1L << 32;

    readonly Dictionary<(string Table, string Stream), List<LeafMark>> _marks = [];
    int _count;

    /// <summary>Where the next window begins; <see cref="End"/> when there is none.</summary>
    public long To { get; private set; } = End;

    /// <summary>The streams that have marks here.</summary>
    public IEnumerable<(string Table, string Stream)> Streams => _marks.Keys;

    /// <summary>Reads every leaf of the checkpoints up to a number, a window at a time.</summary>
    public static async IAsyncEnumerable<LeafWindow> ReadAsync(
        CheckpointRows rows, long upTo, int capacity, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var from = 0L; from < End;)
        {
            var window = new LeafWindow(from, capacity);
            await foreach (var (checkpoint, leaf) in rows.ReadLeavesAsync(upTo, cancellationToken))
            {
                window.Add(checkpoint, leaf);
            }

            yield return window;
            from = window.To;
        }
    }

    /// <summary>Whether the stream is of this window.</summary>
    public bool Holds(string table, string stream) => HashOf((table, stream)) is var hash && hash >= from && hash < To;

    /// <summary>The marks of a stream, in the order of the chain.</summary>
    public IReadOnlyList<LeafMark> MarksOf(string table, string stream) => _marks.GetValueOrDefault((table, stream)) ?? [];

    /// <summary>Takes the marks of a stream out.</summary>
    public IReadOnlyList<LeafMark> Take(string table, string stream)
    {
        _marks.Remove((table, stream), out var marks);
        return marks ?? [];
    }

    void Add(long checkpoint, StreamHead leaf)
    {
        if (!Holds(leaf.Table, leaf.Stream))
        {
            return;
        }

        var key = (leaf.Table, leaf.Stream);
        if (!_marks.TryGetValue(key, out var marks))
        {
            _marks[key] = marks = [];
        }

        marks.Add(new LeafMark(leaf.Number, leaf.Hash, checkpoint));
        _count++;
        while (_count > capacity && To - from > 1)
        {
            To = from + ((To - from) / 2);
            foreach (var (outside, dropped) in _marks.Where(m => HashOf(m.Key) >= To).ToList())
            {
                _marks.Remove(outside);
                _count -= dropped.Count;
            }
        }
    }

    static long HashOf((string Table, string Stream) key) => (uint)key.GetHashCode();
}
