namespace ServerlessSync.Storage.Sqlite;

/// <summary>A few reading connections, lent one at a time.</summary>
sealed class ReaderPool : IAsyncDisposable
{
    readonly Stack<ReadSession> _idle = new();
    readonly Lock _gate = new();
    readonly SemaphoreSlim _free;
    readonly int _count;

    public ReaderPool(IReadOnlyCollection<ReadSession> sessions)
    {
        foreach (var session in sessions)
        {
            _idle.Push(session);
        }

        _count = sessions.Count;
        _free = new(_count);
    }

    public async ValueTask<ReadSession> RentAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _free.WaitAsync(cancellationToken);
        }
        catch (ObjectDisposedException e)
        {
            throw new StoreException(StoreFailure.Unavailable, "The database has been closed.", e);
        }

        lock (_gate)
        {
            return _idle.Pop();
        }
    }

    public void Return(ReadSession session)
    {
        lock (_gate)
        {
            _idle.Push(session);
        }

        _free.Release();
    }

    /// <summary>Waits for those lent out, then closes all; whoever asks after that is told so.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var left = _count; left > 0; left--)
        {
            await _free.WaitAsync();
        }

        foreach (var session in _idle)
        {
            session.Dispose();
        }

        _free.Dispose();
    }
}
