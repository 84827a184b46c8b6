namespace ServerlessSync.TestKit.Crash;

/// <summary>What befalls a process on its way to its stores: every read and every write goes through here.</summary>
public abstract class Disruption
{
    internal abstract ValueTask ReadAsync();

    internal abstract Task<T> WriteAsync<T>(Func<Task<T>> write);

    /// <summary>A write that answers nothing.</summary>
    internal Task WriteAsync(Func<Task> write) => WriteAsync(async () =>
    {
        await write();
        return true;
    });
}
