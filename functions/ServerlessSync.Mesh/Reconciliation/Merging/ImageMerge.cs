namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Images in key order out of any number of sorted runs: a tree of losers over one chunk of each run, so the memory is runs times chunk. One run
/// needs no tree. Not for several threads.
/// </summary>
public sealed class ImageMerge : IAsyncDisposable
{
    readonly ChunkCursor[] _cursors;
    readonly int[] _losers;
    int _winner;
    bool _begun;

    internal ImageMerge(IEnumerable<ChunkCursor> cursors)
    {
        _cursors = [.. cursors];
        _losers = new int[_cursors.Length];
    }

    /// <summary>What is in key order already and needs no store, for example of a target that can order.</summary>
    /// <param name="chunks">Chunks as <see cref="ImageBatch.ToChunks"/> gives them, each valid until the next is asked for.</param>
    public static ImageMerge Of(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks) => new([new ChunkCursor(chunks, 0, 0)]);

    /// <summary>The image it stands at, valid until it moves.</summary>
    public Image Current => new(_cursors[_winner].Key, _cursors[_winner].Content);

    /// <summary>Moves to the next image; false when <see cref="ReadAsync"/> must do it.</summary>
    public bool TryMoveNext()
    {
        if (!_begun || !_cursors[_winner].TryMoveNext())
        {
            return false;
        }

        Replay();
        return true;
    }

    /// <summary>Reads more and moves to the next image; false at the end.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_cursors.Length == 0)
        {
            return false;
        }

        if (_begun)
        {
            await _cursors[_winner].ReadAsync(cancellationToken);
            Replay();
        }
        else
        {
            await BeginAsync(cancellationToken);
        }

        return !_cursors[_winner].Ended;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var cursor in _cursors)
        {
            await cursor.DisposeAsync();
        }
    }

    internal IEnumerable<(int Chunk, int Offset)> Positions => _cursors.Select(cursor => cursor.Position);

    async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        foreach (var cursor in _cursors)
        {
            await cursor.ReadAsync(cancellationToken);
        }

        _winner = _cursors.Length == 1 ? 0 : Play(1);
        _begun = true;
    }

    // Inner nodes are 1 to n-1, leaves n to 2n-1; an inner node keeps who lost there, and who won goes up.
    int Play(int node)
    {
        if (node >= _cursors.Length)
        {
            return node - _cursors.Length;
        }

        var (one, other) = (Play(node * 2), Play((node * 2) + 1));
        var oneWins = Precedes(one, other);
        _losers[node] = oneWins ? other : one;
        return oneWins ? one : other;
    }

    void Replay()
    {
        for (var node = (_winner + _cursors.Length) / 2; node > 0; node /= 2)
        {
            if (Precedes(_losers[node], _winner))
            {
                (_losers[node], _winner) = (_winner, _losers[node]);
            }
        }
    }

    bool Precedes(int one, int other)
    {
        var (a, b) = (_cursors[one], _cursors[other]);
        return a.Word == b.Word ? PrecedesWithin(a, b) : a.Word < b.Word;
    }

    static bool PrecedesWithin(ChunkCursor a, ChunkCursor b)
    {
        if (a.Ended || b.Ended)
        {
            return b.Ended;
        }

        var order = a.Key.SequenceCompareTo(b.Key);
        return order == 0 ? a.Content.SequenceCompareTo(b.Content) < 0 : order < 0;
    }
}
