using System.CommandLine;
using ServerlessSync.Storage.Sqlite;

namespace ServerlessSync.LocalHost;

/// <summary><c>serverlesssync store check</c>: looks through the whole of the store's file, also while a host works on it.</summary>
static class StoreCheckCommand
{
    public static Command Make()
    {
        var data = StoreOptions.Data();
        var command = new Command("check", "Looks through the store's file for damage.") { data };
        command.SetAction(parsed => RunAsync(StoreSettings.DatabaseIn(parsed.GetValue(data)!)));
        return command;
    }

    static Task<int> RunAsync(string database) => StoreOutcome.OfAsync(() =>
    {
        StoreOutcome.RequireStore(database);
        return StoreOutcome.Tell(SqliteContent.Of(database), $"in {database}");
    });
}
