using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.TestKit.Crash;

/// <summary>
/// Stores that cannot work for a while: from the access named on, so many in a row throw <see cref="StoreFailure.Unavailable"/> and the process
/// lives on. Either nothing was done, or each write was stored and its answer lost.
/// </summary>
/// <param name="access">The first access that fails, from 1. Where answers are lost, only writes count.</param>
/// <param name="length">How many fail.</param>
/// <param name="afterEffect">Whether the write is stored first.</param>
public sealed class Outage(int access, int length, bool afterEffect) : Disruption
{
    int _accesses;
    int _failed;

    /// <summary>Accesses that failed.</summary>
    public int Failed => Volatile.Read(ref _failed);

    internal override ValueTask ReadAsync()
    {
        if (!afterEffect && IsNext())
        {
            throw Failure();
        }

        return default;
    }

    internal override async Task<T> WriteAsync<T>(Func<Task<T>> write)
    {
        var fails = IsNext();
        if (fails && !afterEffect)
        {
            throw Failure();
        }

        var answer = await write();
        return fails ? throw Failure() : answer;
    }

    static StoreException Failure() => new(StoreFailure.Unavailable, "The store does not answer.");

    bool IsNext()
    {
        var number = Interlocked.Increment(ref _accesses);
        if (number < access || number >= access + length)
        {
            return false;
        }

        Interlocked.Increment(ref _failed);
        return true;
    }
}
