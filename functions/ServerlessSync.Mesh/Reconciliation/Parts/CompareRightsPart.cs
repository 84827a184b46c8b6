using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Compares rights. Those of accounts nobody has recorded are left to the comparison of accounts.</summary>
sealed class CompareRightsPart(ComparisonWork comparison) : ComparePart(comparison, Sides.RightsExpected, Sides.RightsFound)
{
    protected override ImageSchema Schema => ImageSchema.Grants;

    protected override async Task<IReadOnlyCollection<Suspect>> ToSuspectsAsync(Differences differences, CancellationToken cancellationToken)
    {
        var suspects = new List<Suspect>();
        foreach (var accountKey in differences.Keys.Select(key => key.AccountKey).Distinct(StringComparer.Ordinal))
        {
            if (await Work.Compared.FindRecordedAsync(accountKey, cancellationToken) is { } identityId)
            {
                suspects.Add(new Suspect { IdentityId = identityId });
            }
        }

        return suspects;
    }
}
