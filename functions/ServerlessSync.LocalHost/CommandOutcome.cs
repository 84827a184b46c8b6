using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.LocalHost;

/// <summary>How a command says what stopped it: one line, and an exit code.</summary>
static class CommandOutcome
{
    /// <summary>Runs a command.</summary>
    /// <param name="speaker">Who says it: the line's first word.</param>
    /// <param name="work">The command; it answers its exit code.</param>
    public static async Task<int> OfAsync(string speaker, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (StoreException e)
        {
            await Console.Error.WriteLineAsync($"{speaker}: {e.Message}");
            return ExitCodes.Failed;
        }
        catch (Exception e) when (e is IOException or FormatException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{speaker}: {e.Message}");
            return ExitCodes.Usage;
        }
    }
}
