namespace ServerlessSync.Hosting;

/// <summary>The end of what may or may not have one.</summary>
static class Disposal
{
    /// <summary>Disposes of it, if it can be.</summary>
    public static async ValueTask OfAsync(object? owned)
    {
        switch (owned)
        {
            case IAsyncDisposable later:
                await later.DisposeAsync();
                break;
            case IDisposable now:
                now.Dispose();
                break;
        }
    }
}
