namespace ServerlessSync.Web.Http;

/// <summary>Lets a few messages of each kind through in a minute, so that a flood of refusals fills no log.</summary>
sealed class LogSampler(int kinds, TimeProvider time)
{
    const int PerMinute = 5;

    readonly Lock _gate = new();
    readonly long[] _minutes = new long[kinds];
    readonly int[] _used = new int[kinds];

    public bool Admits(int kind)
    {
        var minute = time.GetUtcNow().UtcTicks / TimeSpan.TicksPerMinute;
        lock (_gate)
        {
            if (_minutes[kind] != minute)
            {
                _minutes[kind] = minute;
                _used[kind] = 0;
            }

            return ++_used[kind] <= PerMinute;
        }
    }
}
