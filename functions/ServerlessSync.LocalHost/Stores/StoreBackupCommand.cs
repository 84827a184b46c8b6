using System.CommandLine;
using ServerlessSync.Storage.Sqlite;

namespace ServerlessSync.LocalHost;

/// <summary><c>serverlesssync store backup</c>: a checked copy of the store's file, made while hosts work on it.</summary>
static class StoreBackupCommand
{
    public static Command Make()
    {
        var data = StoreOptions.Data();
        var to = new Option<string>("--to") { Description = "the file to write; it must not exist", Required = true };
        var command = new Command("backup", "Copies the store's file, also while a host runs.") { data, to };
        command.SetAction(parsed => RunAsync(StoreSettings.DatabaseIn(parsed.GetValue(data)!), parsed.GetValue(to)!));
        return command;
    }

    static Task<int> RunAsync(string database, string file) => StoreOutcome.OfAsync(() =>
    {
        StoreOutcome.RequireStore(database);
        return StoreOutcome.Tell(SqliteBackup.Write(database, file), $"copied to {file}");
    });
}
