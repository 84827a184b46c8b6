using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Whether what was read can be the whole: nothing where accounts or people are expected, or far less than is expected or than the last whole
/// comparison saw, is a target, or a record, that does not show everything. Of a few accounts a share says nothing; each of them is read again anyway.
/// </summary>
sealed class CheckPart(ComparisonWork comparison) : IComparisonPart
{
    const double Whole = 100;

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken) =>
        FindFault(comparison.Run, await comparison.FindEarlierAsync(IsCompared, cancellationToken)) is { } fault ? PartAnswer.GiveUp(fault) : PartAnswer.Done;

    string? FindFault(ReconciliationRun run, ReconciliationRun? last)
    {
        var least = comparison.Configuration.Reconcile.LeastRead;
        return run switch
        {
            { Accounts: 0, Expected: > 0 } => $"the target shows no account, and the record expects {run.Expected}",
            { Known: 0, Accounts: > 0 } => $"the record knows nobody, and the target shows {run.Accounts} accounts",
            { Rights: 0 } when run.ExpectedRights >= MinimumPopulation => $"the target shows no right, and the record expects {run.ExpectedRights}",
            _ when IsLess(run.Owned, run.Expected) => FormattableString.Invariant(
                $"the target shows {run.Owned} of our accounts and the record expects {run.Expected}: less than {least}%"),
            _ when last is not null && IsLess(run.Accounts, last.Accounts) => FormattableString.Invariant(
                $"the target shows {run.Accounts} accounts, comparison {last.Number} saw {last.Accounts}: less than {least}%"),
            _ when last is not null && IsLess(run.Expected, last.Expected) => FormattableString.Invariant(
                $"the record expects {run.Expected} accounts, comparison {last.Number} expected {last.Expected}: less than {least}%"),
            _ => null,
        };
    }

    int MinimumPopulation =>
        (comparison.Configuration.Reconcile.Guards.GetValueOrDefault(DriftKind.Missing) ?? comparison.Services.Configuration.Guards["default"]).MinimumPopulation;

    static bool IsCompared(ReconciliationRun run) =>
        run is { Mode: ReconciliationMode.Complete, Outcome: ReconciliationOutcome.Completed or ReconciliationOutcome.Held };

    bool IsLess(long seen, long expected) =>
        expected >= MinimumPopulation && seen * Whole < comparison.Configuration.Reconcile.LeastRead * expected;
}
