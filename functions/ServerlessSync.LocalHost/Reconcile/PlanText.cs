using System.Globalization;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.LocalHost;

/// <summary>Prints what a comparison found and would do, or did.</summary>
static class PlanText
{
    /// <summary>Prints it: a line for the comparison, one for each difference, and the hash of the plan.</summary>
    public static async Task PrintAsync(TextWriter output, ReconciliationRun run, IAsyncEnumerable<DriftItem> open)
    {
        await output.WriteLineAsync(
            $"reconcile: {run.Target} {(run.Mode == ReconciliationMode.Changes ? "changes " : "")}{(run.DryRun ? "dry run" : "run")} {run.Number} {run.Outcome.ToString().ToLowerInvariant()} accounts={run.Accounts} expected={run.Expected} "
            + $"found={run.Found.Values.Sum()} inFlight={run.InFlight}{(run.Reason is null ? "" : ": " + Shown(run.Reason))}");
        await foreach (var item in open)
        {
            foreach (var finding in item.FoundBy == run.Run ? item.Findings : [])
            {
                await output.WriteLineAsync(LineOf(item, finding));
            }
        }

        if (run.PlanHash is not null)
        {
            await output.WriteLineAsync($"plan: {run.PlanHash}");
        }

        if (run is { DryRun: true, PlanHash: not null, Outcome: not ReconciliationOutcome.Abandoned } && run.Found.Values.Sum() > 0)
        {
            await output.WriteLineAsync($"apply exactly this with: serverlesssync reconcile {run.Target} --apply {run.PlanHash}");
        }
    }

    /// <summary>Text of others as a terminal may be given it: nothing in it steers the terminal or hides.</summary>
    public static string Shown(string text) => string.Concat(text.Select(c => char.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate => '\uFFFD',
        _ => c,
    }));

    static string LineOf(DriftItem item, DriftFinding finding)
    {
        var who = item.IdentityId ?? "(nobody known)";
        var account = item.AccountKey is null ? "" : $" account {item.AccountKey}";
        var subject = finding.Subject.Length == 0 ? "" : $" {finding.Subject}";
        var values = finding.Expected is null && finding.Found is null ? "" : $": expected {Value(finding.Expected)}, found {Value(finding.Found)}";
        var why = item.Reason is null ? "" : $" ({item.Reason})";
        return Shown($"  {finding.Kind.Severity().ToString().ToLowerInvariant(),-8} {finding.Kind.Word(),-19} {who}{account}{subject}{values} -> {item.State.ToString().ToLowerInvariant()}{why}");
    }

    static string Value(string? value) => value is null ? "nothing" : $"'{value}'";
}
