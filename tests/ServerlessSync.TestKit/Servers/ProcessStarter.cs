using System.Collections.Concurrent;

namespace ServerlessSync.TestKit.Servers;

/// <summary>
/// Starts child processes on one thread that lives as long as the test process. The kernel's parent-death signal means the
/// thread that made the child: from a pool thread, the child would be killed whenever the pool lets that thread go.
/// </summary>
static class ProcessStarter
{
    static readonly BlockingCollection<Action> Work = StartThread();

    public static Task RunAsync(Action start)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                start();
                done.SetResult();
            }
#pragma warning disable CA1031 // Whatever went wrong belongs to the caller, and the thread must live on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    static BlockingCollection<Action> StartThread()
    {
        var work = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var start in work.GetConsumingEnumerable())
            {
                start();
            }
        })
        { IsBackground = true, Name = "process starter" }.Start();
        return work;
    }
}
