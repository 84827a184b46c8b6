using ServerlessSync.Storage.Sqlite;

namespace ServerlessSync.LocalHost;

/// <summary>How the commands on the store's file say what became of them: one line, and an exit code.</summary>
static class StoreOutcome
{
    /// <summary>Does it, and tells what stopped it.</summary>
    public static Task<int> OfAsync(Func<int> work) => CommandOutcome.OfAsync("store", () => Task.FromResult(work()));

    /// <exception cref="IOException">Nothing is there.</exception>
    public static void RequireStore(string database)
    {
        if (!File.Exists(database))
        {
            throw new IOException($"there is no store at {database}");
        }
    }

    /// <summary>What is in the file; damaged rows are in it as they were, and are not passed over in silence.</summary>
    public static int Tell(SqliteContent content, string done)
    {
        Console.WriteLine($"store: {(content.Damaged == 0 ? "OK" : "DAMAGED")} rows={content.Rows} runs={content.Runs} damaged={content.Damaged} schema={content.Schema} {done}");
        return content.Damaged == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }
}
