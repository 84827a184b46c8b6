using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Whether what was read can be the whole: nothing where the record expects accounts, or far less than is expected or than the last whole
/// comparison saw, is a target that does not show everything.
/// </summary>
sealed class CheckPart(ComparisonWork comparison) : IComparisonPart
{
    const double Whole = 100;

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        var (run, least) = (comparison.Run, comparison.Configuration.Reconcile.LeastRead);
        if (run is { Accounts: 0, Expected: > 0 })
        {
            return PartAnswer.GiveUp($"the target shows no account, and the record expects {run.Expected}");
        }

        if (run.Owned * Whole < least * run.Expected)
        {
            return PartAnswer.GiveUp(FormattableString.Invariant(
                $"the target shows {run.Owned} of our accounts and the record expects {run.Expected}: less than {least}%"));
        }

        return await FindLastWholeAsync(cancellationToken) is { } last && run.Accounts * Whole < least * last.Accounts
            ? PartAnswer.GiveUp(FormattableString.Invariant(
                $"the target shows {run.Accounts} accounts, comparison {last.Number} saw {last.Accounts}: less than {least}%"))
            : PartAnswer.Done;
    }

    async Task<ReconciliationRun?> FindLastWholeAsync(CancellationToken cancellationToken)
    {
        await foreach (var run in comparison.Stores.Reconciliations.ReadAsync(comparison.Run.Target, cancellationToken))
        {
            if (run.Outcome is ReconciliationOutcome.Completed or ReconciliationOutcome.Held)
            {
                return run;
            }
        }

        return null;
    }
}
