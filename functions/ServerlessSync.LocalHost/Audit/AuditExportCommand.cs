using System.CommandLine;
using System.Globalization;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.LocalHost;

/// <summary><c>serverlesssync audit export</c>: writes the record out as JSON Lines.</summary>
static class AuditExportCommand
{
    public static Command Make()
    {
        var store = new StoreOptions();
        var identity = new Option<string?>("--identity") { Description = "only what concerns this identity" };
        var since = new Option<string?>("--since") { Description = "only what was recorded from this moment on, in ISO 8601: 2026-01-31 or 2026-01-31T12:00:00Z" };
        var command = store.AddTo(new Command("export", "Writes entries, checkpoints and leaves to standard output as JSON Lines.") { identity, since });
        command.SetAction((parsed, cancellationToken) => CommandOutcome.OfAsync("audit", 
            () => ExportAsync(store.Read(parsed), parsed.GetValue(identity), MomentOf(parsed.GetValue(since)), cancellationToken)));
        return command;
    }

    static async Task<int> ExportAsync(StoreSettings settings, string? identityId, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        await using var rows = await LocalRows.OpenExistingAsync(settings, Console.Error, cancellationToken);
        if (rows is null)
        {
            return ExitCodes.Usage;
        }

        var progress = new ProgressLines(Console.Error, "lines written", TimeProvider.System);
        await using var output = new StreamWriter(Console.OpenStandardOutput());
        var lines = 0L;
        await foreach (var line in new AuditExport(rows.Store) { IdentityId = identityId, Since = since }.ReadAsync(cancellationToken))
        {
            await output.WriteAsync((line.ToJsonString(MeshJson.Options) + "\n").AsMemory(), cancellationToken);
            progress.Report(++lines);
        }

        return ExitCodes.Ok;
    }

    static DateTimeOffset? MomentOf(string? text) =>
        text is null ? null
        : DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) ? moment
        : throw new FormatException($"--since is expected in ISO 8601 like 2026-01-31 or 2026-01-31T12:00:00Z, got '{text}'");
}
