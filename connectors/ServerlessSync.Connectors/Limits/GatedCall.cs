namespace ServerlessSync.Connectors.Limits;

/// <summary>A call under way behind a gate, and how long it has waited there for the turns of its further requests.</summary>
sealed class GatedCall(Pacer pacer)
{
    readonly Lock _gate = new();
    int _requests;
    int _waiting;
    TimeSpan _since;
    TimeSpan _waited;

    public TimeSpan Waited
    {
        get
        {
            lock (_gate)
            {
                return _waiting == 0 ? _waited : _waited + (pacer.Now - _since);
            }
        }
    }

    public async Task NextRequestAsync(CancellationToken cancellationToken)
    {
        // The first request has the turn its call waited for.
        if (Interlocked.Increment(ref _requests) == 1)
        {
            return;
        }

        Count(begins: true);
        try
        {
            await pacer.WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Count(begins: false);
        }
    }

    /// <summary>Requests made at once wait at once: time counts while any of them waits.</summary>
    void Count(bool begins)
    {
        lock (_gate)
        {
            if (begins && _waiting++ == 0)
            {
                _since = pacer.Now;
            }
            else if (!begins && --_waiting == 0)
            {
                _waited += pacer.Now - _since;
            }
        }
    }
}
