using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.TestKit.Crash;

/// <summary>
/// The power of one process: everything it writes is counted, and before or after the write named it is cut. From then on every call throws
/// until it is restored, as if a new process had been started over the same disks.
/// </summary>
#pragma warning disable CA1001 // The source has neither a timer nor a wait handle, and its tokens outlive it.
public sealed class Power : Disruption
#pragma warning restore CA1001
{
    readonly Lock _gate = new();
    CancellationTokenSource _cut = new();
    int _writes;
    int _cutAt;
    bool _cutAfter;

    /// <summary>Writes begun since the power was last set or restored.</summary>
    public int Writes
    {
        get
        {
            lock (_gate)
            {
                return _writes;
            }
        }
    }

    /// <summary>Whether it has been cut.</summary>
    public bool IsCut
    {
        get
        {
            lock (_gate)
            {
                return _cut.IsCancellationRequested;
            }
        }
    }

    /// <summary>Ends when the power is cut.</summary>
    public CancellationToken Cut
    {
        get
        {
            lock (_gate)
            {
                return _cut.Token;
            }
        }
    }

    /// <summary>Has the power cut at the nth write from now: before it is stored, or after it is stored and before anybody hears of it.</summary>
    public void CutAt(int write, bool after)
    {
        lock (_gate)
        {
            (_writes, _cutAt, _cutAfter) = (0, write, after);
        }
    }

    /// <summary>Power comes back and stays.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            (_writes, _cutAt) = (0, 0);
            if (_cut.IsCancellationRequested)
            {
                _cut = new CancellationTokenSource();
            }
        }
    }

    /// <summary>Cuts the power now.</summary>
    public void CutNow() => _ = CutNowAsync();

    internal override ValueTask ReadAsync()
    {
        Demand();
        return default;
    }

    internal override async Task<T> WriteAsync<T>(Func<Task<T>> write)
    {
        bool last;
        lock (_gate)
        {
            Demand();
            last = ++_writes == _cutAt;
        }

        if (last && !_cutAfter)
        {
            await CutNowAsync();
        }

        Demand();
        var answer = await write();
        if (last)
        {
            await CutNowAsync();
        }

        // What was under way may be stored; nobody is left to hear of it.
        Demand();
        return answer;
    }

    void Demand()
    {
        if (IsCut)
        {
            throw Dead();
        }
    }

    static StoreException Dead() => new(StoreFailure.Unavailable, "The process is dead.");

    Task CutNowAsync()
    {
        CancellationTokenSource cut;
        lock (_gate)
        {
            cut = _cut;
        }

        return cut.CancelAsync();
    }
}
