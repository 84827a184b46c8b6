using System.CommandLine;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.LocalHost;

/// <summary><c>serverlesssync drift report</c>: writes the report of drift now and over time. Works beside a host that serves.</summary>
static class DriftReportCommand
{
    public static Command Make()
    {
        var format = new Option<string>("--format") { Description = "form of the report", DefaultValueFactory = _ => DriftReportFormat.Json.Name }
            .AcceptOnlyFromAmong([.. DriftReportFormat.All.Select(f => f.Name)]);
        var file = new Option<string?>("--out") { Description = "file to write; without it, standard output" };
        var (store, host) = (new StoreOptions(), new HostOptions());
        var command = host.AddTo(store.AddTo(new Command("report", "Writes drift now and over time, and what people must settle, as JSON, CSV or a page.") { format, file }));
        command.SetAction((parsed, cancellationToken) => CommandOutcome.OfAsync("drift", async () =>
        {
            var form = DriftReportFormat.Find(parsed.GetValue(format)!)!;
            await using var mesh = host.Open(parsed);
            var report = mesh is null ? await MakeAsync(store.Read(parsed), form, cancellationToken) : await mesh.ReportAsync(form, cancellationToken);
            return report is null ? ExitCodes.Usage : await WriteAsync(report, parsed.GetValue(file), cancellationToken);
        }));
        return command;
    }

    static async Task<byte[]?> MakeAsync(StoreSettings settings, DriftReportFormat format, CancellationToken cancellationToken)
    {
        await using var rows = await LocalRows.OpenExistingAsync(settings, Console.Error, cancellationToken);
        return rows is null ? null : format.Write(await new DriftReporter(new MeshStores(rows.Store, TimeProvider.System)).MakeAsync(cancellationToken));
    }

    static async Task<int> WriteAsync(byte[] report, string? file, CancellationToken cancellationToken)
    {
        if (file is not null)
        {
            await File.WriteAllBytesAsync(file, report, cancellationToken);
            Console.WriteLine($"drift: OK bytes={report.Length} {file}");
            return ExitCodes.Ok;
        }

        await using var output = Console.OpenStandardOutput();
        await output.WriteAsync(report, cancellationToken);
        return ExitCodes.Ok;
    }
}
