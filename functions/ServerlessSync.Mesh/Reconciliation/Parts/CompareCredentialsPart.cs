using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Compares credentials: what works at the target and is not recorded as in use is suspected. Those of accounts nobody has recorded are theirs.</summary>
sealed class CompareCredentialsPart(ComparisonWork comparison) : ComparePart(comparison, Sides.CredentialsExpected, Sides.CredentialsFound)
{
    protected override ImageSchema Schema => ImageSchema.Grants;

    protected override async Task<IReadOnlyCollection<Suspect>> ToSuspectsAsync(Differences differences, CancellationToken cancellationToken)
    {
        var suspects = new List<Suspect>();
        foreach (var account in differences.Keys.Where(key => key.IsFound).GroupBy(key => key.AccountKey, StringComparer.Ordinal))
        {
            if (await Work.Compared.FindRecordedAsync(account.Key, cancellationToken) is { } identityId)
            {
                suspects.Add(new Suspect { IdentityId = identityId, Credentials = [.. account.Select(key => key.Right!)] });
            }
        }

        return suspects;
    }
}
