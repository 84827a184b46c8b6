using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.LocalHost;

/// <summary>What all audit commands do with failures.</summary>
static class AuditCommand
{
    /// <summary>Runs a command; a failure is one line and an exit code.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (StoreException e)
        {
            await Console.Error.WriteLineAsync($"audit: {e.Message}");
            return ExitCodes.Failed;
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            await Console.Error.WriteLineAsync($"audit: {e.Message}");
            return ExitCodes.Usage;
        }
    }
}
