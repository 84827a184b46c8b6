using System.CommandLine;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.LocalHost;

/// <summary><c>serverlesssync audit verify</c>: proves that no audit entry was changed, dropped or put elsewhere.</summary>
static class AuditVerifyCommand
{
    public static Command Make()
    {
        var store = new StoreOptions();
        var command = store.AddTo(new Command("verify", "Proves that no entry was changed, dropped or put elsewhere."));
        command.SetAction((parsed, cancellationToken) => VerifyAsync(store.Read(parsed), cancellationToken));
        return command;
    }

    static async Task<int> VerifyAsync(StoreSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await using var rows = await LocalRows.OpenExistingAsync(settings, Console.Error, cancellationToken);
            if (rows is null)
            {
                return ExitCodes.Usage;
            }

            var report = await new AuditVerifier(rows.Store).VerifyAsync(cancellationToken);
            foreach (var fault in report.Faults)
            {
                Console.WriteLine($"audit: {fault}");
            }

            Console.WriteLine(
                $"audit: {(report.Faults.Count == 0 ? "OK" : "FAIL")} streams={report.Streams} entries={report.Entries} erased={report.Erased} faults={report.Faults.Count}");
            Console.WriteLine("audit: entries cut off at the end of a stream together with its head cannot be seen by this check");
            return report.Faults.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"audit: {e.Message}");
            return ExitCodes.Usage;
        }
        catch (StoreException e)
        {
            await Console.Error.WriteLineAsync($"audit: {e.Message}");
            return ExitCodes.Failed;
        }
    }
}
