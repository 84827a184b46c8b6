using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// What is open of an identity, or was ignored by a person, before it is looked at again: a comparison that was told of less still looks at all of it,
/// and what it cannot look at stays as it is.
/// </summary>
sealed class KnownDrift(ReconciliationRun run, DriftItem? item)
{
    /// <summary>Reads it; an item that cannot be read is nothing here, and is handed to its owner when it is opened.</summary>
    public static async Task<KnownDrift> ReadAsync(ComparisonWork comparison, Suspect suspect, CancellationToken cancellationToken)
    {
        try
        {
            var item = suspect.IdentityId is { } identityId ? await comparison.Stores.Drifts.FindAsync(comparison.Run.Target, identityId, cancellationToken) : null;
            return new KnownDrift(comparison.Run, item is { SettledAt: null } or { Ignored: not null } ? item : null);
        }
        catch (StoreException e) when (e is { Failure: StoreFailure.Corrupt, Row: not null })
        {
            return new KnownDrift(comparison.Run, null);
        }
    }

    /// <summary>Whether it is about a credential.</summary>
    public static bool IsOfCredential(DriftFinding finding) => finding.Kind is DriftKind.StaleCredential or DriftKind.UnmanagedCredential;

    /// <summary>The further accounts an item tells of.</summary>
    public static IEnumerable<string> OtherAccountsOf(DriftItem item) => item.Findings.Where(f => f.Kind == DriftKind.Duplicate).Select(f => f.Subject);

    /// <summary>The suspect with the further accounts that are known of it.</summary>
    public Suspect Widen(Suspect suspect) => item is null
        ? suspect
        : suspect with { AccountKeys = [.. suspect.AccountKeys.Union(OtherAccountsOf(item), StringComparer.Ordinal)] };

    /// <summary>
    /// What was seen, with the credentials that are known where none were read. What a person ignores is no drift by itself: it only makes what was
    /// seen whole.
    /// </summary>
    public LookResult Complete(LookResult seen)
    {
        DriftFinding[] kept = run.CredentialsRead || item is null ? [] : [.. item.Findings.Where(IsOfCredential)];
        return kept.Length > 0 && (seen.State == SuspectState.Confirmed || (seen.State == SuspectState.Gone && item!.SettledAt is null))
            ? LookResult.Of(
                [.. seen.Findings.Concat(kept).OrderBy(f => f.Kind).ThenBy(f => f.Subject, StringComparer.Ordinal)], seen.AccountKey ?? item!.AccountKey, seen.Status)
            : seen;
    }
}
