using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Compares accounts. A key can be given once: a target that gives it twice has moved under the read, or is broken.</summary>
sealed class CompareAccountsPart(ComparisonWork comparison) : ComparePart(comparison, Sides.AccountsExpected, Sides.AccountsFound)
{
    protected override ImageSchema Schema => Work.AccountSchema;

    protected override string? FindFault(Differences differences) =>
        differences.GivenTwice is { } key ? $"the target gave account {key} twice" : null;

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
                suspects.Add(new Suspect { AccountKeys = [key.AccountKey] });
            }
        }

        return suspects;
    }
}
