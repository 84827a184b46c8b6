using System.CommandLine;
using ServerlessSync.Storage.Sqlite;

namespace ServerlessSync.LocalHost;

/// <summary><c>serverlesssync store check</c>: looks through the whole of the store's file, also while a host works on it.</summary>
static class StoreCheckCommand
{
    public static Command Make()
    {
        var store = StoreSettings.Options();
        var command = store.AddTo(new Command("check", "Looks through the store's file for damage."));
        command.SetAction(parsed => Run(store.Read(parsed).Database));
        return command;
    }

    static int Run(string database) => StoreOutcome.Of(() =>
    {
        StoreOutcome.RequireStore(database);
        return StoreOutcome.Tell(SqliteContent.Of(database), $"in {database}");
    });
}
