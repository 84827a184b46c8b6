using System.CommandLine;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;

namespace ServerlessSync.LocalHost;

/// <summary><c>serverlesssync audit verify</c>: proves that no audit entry was changed, dropped or put elsewhere.</summary>
static class AuditVerifyCommand
{
    public static Command Make()
    {
        var data = new Option<string>("--data") { Description = "folder of the local store", DefaultValueFactory = _ => "data" };
        var command = new Command("verify", "Proves that no entry was changed, dropped or put elsewhere.") { data };
        command.SetAction((parsed, cancellationToken) => VerifyAsync(parsed.GetValue(data)!, cancellationToken));
        return command;
    }

    static async Task<int> VerifyAsync(string data, CancellationToken cancellationToken)
    {
        var path = Path.Combine(data, "mesh.db");
        if (!File.Exists(path))
        {
            await Console.Error.WriteLineAsync($"audit: there is no store at {path}");
            return ExitCodes.Usage;
        }

        try
        {
            await using var database = SqliteDatabase.Open(new SqliteOptions(path));
            var report = await new AuditVerifier(new SqliteRowStore(database)).VerifyAsync(cancellationToken);
            foreach (var fault in report.Faults)
            {
                Console.WriteLine($"audit: {fault}");
            }

            Console.WriteLine(
                $"audit: {(report.Faults.Count == 0 ? "OK" : "FAIL")} streams={report.Streams} entries={report.Entries} erased={report.Erased} faults={report.Faults.Count}");
            Console.WriteLine("audit: entries cut off at the end of a stream together with its head cannot be seen by this check");
            return report.Faults.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
        }
        catch (StoreException e)
        {
            await Console.Error.WriteLineAsync($"audit: {e.Message}");
            return ExitCodes.Failed;
        }
    }
}
