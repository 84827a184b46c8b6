using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Says whom changed accounts make suspect, going by the record alone. An account that is as the record expects is passed over: what the mesh wrote
/// itself comes as a change as well. Its rights are not looked at.
/// </summary>
sealed class ChangedAccounts(ComparisonWork comparison)
{
    readonly ImageWriter _found = new(comparison.AccountSchema);
    readonly ImageWriter _expected = new(comparison.AccountSchema);

    public async Task<IReadOnlyList<Suspect>> FindSuspectsAsync(IReadOnlyList<TargetAccount> accounts, CancellationToken cancellationToken)
    {
        var suspects = new List<Suspect>();
        foreach (var account in accounts)
        {
            var recorded = await comparison.Compared.FindRecordedAsync(account.Key, cancellationToken);
            var mark = account.OwnerMark;
            if (recorded is null || recorded != mark || !await IsAsExpectedAsync(recorded, account, cancellationToken))
            {
                var marked = mark is not null && mark != recorded && await comparison.Compared.IsKnownAsync(mark, cancellationToken) ? mark : null;
                string?[] holders = recorded is null && marked is null ? [null] : [.. new[] { recorded, marked }.OfType<string>()];
                suspects.AddRange(holders.Select(holder => new Suspect { IdentityId = holder, AccountKeys = [account.Key] }));
            }
        }

        return suspects;
    }

    async Task<bool> IsAsExpectedAsync(string identityId, TargetAccount account, CancellationToken cancellationToken)
    {
        try
        {
            return await comparison.Stores.Registry.ViewAsync(identityId, cancellationToken) is { } view
                && await comparison.Compared.ExpectAsync(view, cancellationToken) is { Key: { } key } holding
                && IsSame(_expected.Write(RecordPart.AsCompared(identityId, key, holding)), _found.Write(AccountsPart.AsCompared(account)));
        }
        catch (StoreException e) when (e is { Failure: StoreFailure.Corrupt, Row: not null })
        {
            // The second look hands the row to its owner.
            return false;
        }
    }

    static bool IsSame(Image expected, Image found) => expected.Key.SequenceEqual(found.Key) && expected.Content.SequenceEqual(found.Content);
}
