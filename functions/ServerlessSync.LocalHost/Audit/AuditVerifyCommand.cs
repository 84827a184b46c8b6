using System.CommandLine;
using ServerlessSync.Mesh.Audit;

namespace ServerlessSync.LocalHost;

/// <summary><c>serverlesssync audit verify</c>: proves that no audit entry was changed, dropped or put elsewhere.</summary>
static class AuditVerifyCommand
{
    public static Command Make()
    {
        var store = new StoreOptions();
        var anchor = AnchorFolder.Option();
        var without = new Option<bool>("--without-anchor") { Description = "where there is no anchor, prove what can be proved without it" };
        var command = store.AddTo(new Command("verify", "Proves that no entry was changed, dropped or put elsewhere.") { anchor, without });
        command.SetAction((parsed, cancellationToken) => CommandOutcome.OfAsync(
            "audit",
            () => VerifyAsync(store.Read(parsed), parsed.GetValue(anchor), parsed.GetValue(without), cancellationToken)));
        return command;
    }

    static async Task<int> VerifyAsync(StoreSettings settings, string? anchor, bool without, CancellationToken cancellationToken)
    {
        var folder = AnchorFolder.Of(settings, anchor);
        await using var rows = await LocalRows.OpenExistingAsync(settings, Console.Error, cancellationToken);
        if (rows is null)
        {
            return ExitCodes.Usage;
        }

        // A wrong path may not pass for a sound record: without its anchor a rewritten one looks the same.
        if (!folder.Exists && (anchor is not null || !without))
        {
            await Console.Error.WriteLineAsync($"audit: there is no anchor at {folder}; name its folder with --anchor, or say --without-anchor");
            return ExitCodes.Usage;
        }

        var record = folder.Exists ? folder.OpenRecord() : null;
        var verifier = new AuditVerifier(rows.Store, record) { Progress = new ProgressLines(Console.Error, "entries read", TimeProvider.System) };
        var report = await verifier.VerifyAsync(cancellationToken);
        Print(report, record is null ? $"without an anchor (there is none at {folder})" : null);
        return report.FaultCount == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }

    static void Print(AuditReport report, string? unanchored)
    {
        foreach (var fault in report.Faults)
        {
            Console.WriteLine($"audit: {fault}");
        }

        if (report.FaultCount > report.Faults.Count)
        {
            Console.WriteLine($"audit: and {report.FaultCount - report.Faults.Count} more faults");
        }

        Console.WriteLine(
            $"audit: {(report.FaultCount == 0 ? "OK" : "FAIL")} streams={report.Streams} entries={report.Entries} erased={report.Erased} "
            + $"checkpoints={report.Checkpoints} unanchored={report.Unanchored} faults={report.FaultCount}");
        if (report.Waiting > 0)
        {
            Console.WriteLine($"audit: the newest {report.Waiting} checkpoints were not appended to the anchor yet; the next start of a host does that");
        }

        Console.WriteLine(unanchored is not null
            ? $"audit: {unanchored} a stream or a chain of checkpoints that was cut or rewritten whole cannot be seen, and no signature is checked"
            : $"audit: {report.Unanchored} entries are newer than the last anchored checkpoint of their stream: cut off together with its head, they would not be missed");
        if (report.Erased > 0)
        {
            Console.WriteLine($"audit: the payloads of {report.Erased} entries are gone; retention and erasure do that, and this check cannot tell who did");
        }
    }
}
