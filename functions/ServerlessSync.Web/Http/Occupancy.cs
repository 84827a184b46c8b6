namespace ServerlessSync.Web.Http;

/// <summary>How many are inside, and how many bytes they hold together. Nobody waits: who finds no room is told so.</summary>
/// <param name="places">How many may be inside.</param>
/// <param name="bytes">How many bytes they may hold together.</param>
sealed class Occupancy(int places, long bytes = long.MaxValue)
{
    static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    readonly Lock _gate = new();
    int _inside;
    long _held;

    /// <summary>What those are answered who find no room.</summary>
    public static Problem Full { get; } = Problem.Unavailable(Retry, "Too much is in hand already. Send the same request again later.");

    /// <summary>A place, or null when there is none.</summary>
    public Place? TryEnter()
    {
        lock (_gate)
        {
            return _inside >= places ? null : Enter();
        }
    }

    Place Enter()
    {
        _inside++;
        return new Place(this);
    }

    bool TryHold(long more)
    {
        lock (_gate)
        {
            if (_held + more > bytes)
            {
                return false;
            }

            _held += more;
            return true;
        }
    }

    void Leave(long held)
    {
        lock (_gate)
        {
            _inside--;
            _held -= held;
        }
    }

    /// <summary>A place taken, given up once it is disposed.</summary>
    /// <param name="occupancy">Where.</param>
    public sealed class Place(Occupancy occupancy) : IDisposable
    {
        long _held;
        int _left;

        /// <summary>Takes more bytes; false when there are none left.</summary>
        public bool TryHold(long more)
        {
            if (!occupancy.TryHold(more))
            {
                return false;
            }

            _held += more;
            return true;
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                occupancy.Leave(_held);
            }
        }
    }
}
