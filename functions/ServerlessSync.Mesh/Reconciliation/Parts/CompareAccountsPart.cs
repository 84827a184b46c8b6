using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Compares accounts. An account that moved while it was read may come twice and is looked at again; a target that gives many twice is broken.
/// </summary>
sealed class CompareAccountsPart(ComparisonWork comparison) : ComparePart(comparison, Sides.AccountsExpected, Sides.AccountsFound)
{
    const int MostMoved = 5;
    const int MovedShare = 100;

    protected override ImageSchema Schema => Work.AccountSchema;

    protected override string? FindFault(Differences differences, long keys) =>
        differences.GivenTwice is { } key && differences.TimesRepeated > Math.Max(MostMoved, keys / MovedShare)
            ? FormattableString.Invariant($"the target gave accounts twice, {key} and {differences.TimesRepeated - 1} more")
            : null;

    protected override async Task<IReadOnlyCollection<Suspect>> ToSuspectsAsync(Differences differences, CancellationToken cancellationToken)
    {
        var suspects = new List<Suspect>();
        foreach (var key in differences.Keys)
        {
            if (key.Expected is { } identityId)
            {
                suspects.Add(new Suspect { IdentityId = identityId, AccountKeys = [key.AccountKey] });
            }

            if (key.IsFound && key.Found is { } mark && mark != key.Expected && await Work.Compared.IsKnownAsync(mark, cancellationToken))
            {
                suspects.Add(new Suspect { IdentityId = mark, AccountKeys = [key.AccountKey] });
            }
            else if (key.Expected is null)
            {
                var holder = key.Found is null ? await Work.Compared.FindRecordedAsync(key.AccountKey, cancellationToken) : null;
                suspects.Add(new Suspect { IdentityId = holder, AccountKeys = [key.AccountKey] });
            }
        }

        return suspects;
    }
}
