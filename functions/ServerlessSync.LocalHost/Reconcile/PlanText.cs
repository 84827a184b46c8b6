using System.Globalization;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.LocalHost;

/// <summary>Prints what a comparison found and would do, or did and what has come of it.</summary>
static class PlanText
{
    /// <summary>Prints it: a line for the comparison, one for each difference, the guard's arithmetic, totals, and the hash of the plan.</summary>
    public static async Task PrintAsync(TextWriter output, ReconciliationRun run, IAsyncEnumerable<PlanLine> plan)
    {
        await output.WriteLineAsync(
            $"reconcile: {run.Target} {(run.Mode == ReconciliationMode.Changes ? "changes " : "")}{(run.DryRun ? "dry run" : "run")} {run.Number} {run.Outcome.ToString().ToLowerInvariant()} accounts={run.Accounts} expected={run.Expected} "
            + $"found={run.Found.Values.Sum()} inFlight={run.InFlight}{(run.Reason is null ? "" : ": " + Shown(run.Reason))}");
        if (run.PlanHash is null)
        {
            return;
        }

        var (planned, came) = (new SortedDictionary<PlanAction, int>(), new SortedDictionary<DriftState, int>());
        await foreach (var line in plan)
        {
            planned[line.Action] = planned.GetValueOrDefault(line.Action) + 1;
            if (line.State is { } state)
            {
                came[state] = came.GetValueOrDefault(state) + 1;
            }

            foreach (var text in TextOf(line))
            {
                await output.WriteLineAsync(Shown(text));
            }
        }

        foreach (var arithmetic in run.Guarded.Values)
        {
            await output.WriteLineAsync(Shown($"guard: {arithmetic}"));
        }

        await PrintTotalAsync(output, "plan", planned);
        await PrintTotalAsync(output, "came of it", came);
        await output.WriteLineAsync($"plan: {run.PlanHash}");
        if (run is { DryRun: true, Outcome: not ReconciliationOutcome.Abandoned } && planned.Keys.Any(action => action != PlanAction.Skip))
        {
            await output.WriteLineAsync($"apply exactly this with: serverlesssync reconcile {run.Target} --apply {run.PlanHash}");
        }
    }

    /// <summary>A plan of which a part cannot be read is not printed as if it were whole.</summary>
    /// <exception cref="IOException">Rows of it are damaged.</exception>
    public static void RequireWhole(int damaged)
    {
        if (damaged > 0)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{damaged} rows of the plan are damaged, so that it is not shown whole; their exceptions name them"));
        }
    }

    /// <summary>Text of others as a terminal may be given it: nothing in it steers the terminal or hides.</summary>
    public static string Shown(string text) => string.Concat(text.Select(c => char.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate => '\uFFFD',
        _ => c,
    }));

    static async Task PrintTotalAsync<T>(TextWriter output, string what, SortedDictionary<T, int> counts)
        where T : struct, Enum
    {
        if (counts.Count > 0)
        {
            var each = counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key.ToString().ToLowerInvariant()}={c.Value}"));
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{what}: items={counts.Values.Sum()} {string.Join(' ', each)}"));
        }
    }

    static IEnumerable<string> TextOf(PlanLine line)
    {
        var who = line.IdentityId ?? "(nobody known)";
        var account = line.AccountKey is null ? "" : $" account {line.AccountKey}";
        var action = $"-> {WordOf(line.Action)}{Bracket(line.Reason)}{(line.State is { } state ? $", now {state.ToString().ToLowerInvariant()}{Bracket(line.StateReason)}" : "")}";
        return line.Findings.Count == 0
            ? [$"  {"-",-8} {"-",-19} {who}{account} {action}"]
            : line.Findings.Select(f => $"  {f.Kind.Severity().ToString().ToLowerInvariant(),-8} {f.Kind.Word(),-19} {who}{account}{DifferenceOf(f)} {action}");
    }

    static string DifferenceOf(DriftFinding finding)
    {
        var subject = finding.Subject.Length == 0 ? "" : $" {finding.Subject}";
        return finding.Expected is null && finding.Found is null ? subject : $"{subject}: expected {Value(finding.Expected)}, found {Value(finding.Found)}";
    }

    static string WordOf(PlanAction action) => action switch
    {
        PlanAction.Report => "report",
        PlanAction.Ask => "ask",
        PlanAction.Hold => "held",
        PlanAction.Mend => "mend",
        PlanAction.Leave => "leave as it is",
        _ => "not compared",
    };

    static string Bracket(string? reason) => reason is null ? "" : $" ({reason})";

    static string Value(string? value) => value is null ? "nothing" : $"'{value}'";
}
