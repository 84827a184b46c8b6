using System.CommandLine;
using ServerlessSync.Storage.Sqlite;

namespace ServerlessSync.LocalHost;

/// <summary><c>serverlesssync store restore</c>: puts a copy of a store where none is.</summary>
static class StoreRestoreCommand
{
    public static Command Make()
    {
        var data = StoreOptions.Data();
        var from = new Option<string>("--from") { Description = "a file written by store backup", Required = true };
        var command = new Command("restore", "Puts a backup where no store is.") { data, from };
        command.SetAction(parsed => RunAsync(parsed.GetValue(from)!, StoreSettings.DatabaseIn(parsed.GetValue(data)!)));
        return command;
    }

    static Task<int> RunAsync(string file, string database) => StoreOutcome.OfAsync(() =>
    {
        RefuseStore(database);
        return StoreOutcome.Tell(SqliteBackup.Restore(file, database), $"restored to {database}");
    });

    static void RefuseStore(string database)
    {
        if (!File.Exists(database))
        {
            return;
        }

        throw new IOException(SqliteBackup.FindHost(database) is { } host
            ? $"process {host.ProcessId} on {host.Machine} works on the store at {database}; stop it first"
            : $"a store is at {database}; move it and the files beside it ({database}-wal, {database}-shm) away first");
    }
}
