namespace ServerlessSync.TestKit.Servers;

/// <summary>Keeps other processes out for as long as a file is held open.</summary>
static class FileLock
{
    /// <summary>Waits until the file is free and takes it.</summary>
    public static async Task<IAsyncDisposable> TakeAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
            }
        }
    }
}
