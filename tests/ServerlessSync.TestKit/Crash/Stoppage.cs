namespace ServerlessSync.TestKit.Crash;

/// <summary>
/// A process that stops, as one does that is suspended: from the access named on, every access waits before it is made. Woken, they all go on
/// from where they stood, as if no time had passed.
/// </summary>
/// <param name="access">The access at which it stops, from 1. Where only writes stop it, only they are counted; reads wait all the same.</param>
/// <param name="atWrites">Whether it stops at a write only.</param>
public sealed class Stoppage(int access, bool atWrites) : Disruption
{
    readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _accesses;

    /// <summary>Ends when the process has stopped.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Lets the process go on.</summary>
    public void Wake() => _woken.TrySetResult();

    internal override async ValueTask ReadAsync()
    {
        if (!atWrites)
        {
            Count();
        }

        await PassAsync();
    }

    internal override async Task<T> WriteAsync<T>(Func<Task<T>> write)
    {
        Count();
        await PassAsync();
        return await write();
    }

    void Count()
    {
        if (Interlocked.Increment(ref _accesses) == access)
        {
            _stopped.TrySetResult();
        }
    }

    async ValueTask PassAsync()
    {
        if (_stopped.Task.IsCompleted)
        {
            await _woken.Task;
        }
    }
}
