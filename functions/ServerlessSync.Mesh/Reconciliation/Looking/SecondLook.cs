using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Reads target and record again for one suspect and says what is true now. Whoever has a run at work, before or behind the reading, is in
/// flight: what was read of them may be half of a change.
/// </summary>
sealed class SecondLook(ComparedTarget compared)
{
    /// <summary>How many accounts one call passes over because the target fails at them: more of them are the target's trouble.</summary>
    const int MostFailing = 5;

    int _failing;

    /// <summary>Whether the accounts at which the target still fails, while it is there, are taken as refused.</summary>
    public bool LastAttempt { get; set; }

    public async Task<LookResult> LookAsync(Suspect suspect, CancellationToken cancellationToken)
    {
        try
        {
            return suspect.IdentityId is { } identityId
                ? await LookAtIdentityAsync(identityId, suspect, cancellationToken)
                : await LookAtStrangerAsync(suspect.AccountKeys[0], cancellationToken);
        }
        catch (StoreException e) when (e is { Failure: StoreFailure.Corrupt, Row: not null })
        {
            await compared.Services.Damaged.ReportAsync(e, cancellationToken);
            return LookResult.Unreadable;
        }
        catch (ConnectorException e) when (e.Kind == FailureKind.Rejected)
        {
            // One account the target will not show holds up nobody else; many of them end the comparison.
            return LookResult.Refused;
        }
        catch (ConnectorException e) when (LastAttempt && IsOfAccount(e.Kind) && Interlocked.Increment(ref _failing) <= MostFailing)
        {
            await compared.TestAsync(cancellationToken);
            return LookResult.Refused;
        }
    }

    static bool IsOfAccount(FailureKind kind) => kind is FailureKind.Transient or FailureKind.Conflict or FailureKind.OutcomeUnknown;

    async Task<LookResult> LookAtStrangerAsync(string accountKey, CancellationToken cancellationToken)
    {
        if (await FindByKeyAsync(accountKey, cancellationToken) is not { } account)
        {
            return LookResult.Gone;
        }

        return await compared.FindHolderAsync(account, cancellationToken) is { } holder
            ? LookResult.KnownAs(holder)
            : LookResult.Of(DriftFinder.OfStranger(account, compared.Now), account.Key, status: null);
    }

    async Task<LookResult> LookAtIdentityAsync(string identityId, Suspect suspect, CancellationToken cancellationToken)
    {
        var stores = compared.Services.Stores;
        var lane = await stores.Lanes.FindAsync(identityId, cancellationToken);
        if (!lane.IsIdle)
        {
            return LookResult.InFlight;
        }

        if (await stores.Registry.ViewAsync(identityId, cancellationToken) is not { } view)
        {
            // A record that is lost says nothing of the target.
            return LookResult.Unreadable;
        }

        var expected = await compared.ExpectAsync(view, cancellationToken);
        var observed = await ObserveAsync(identityId, expected?.Key, suspect.AccountKeys, cancellationToken);
        if (await stores.Lanes.FindAsync(identityId, cancellationToken) != lane)
        {
            return LookResult.InFlight;
        }

        Credential[] recorded = [.. view.Credentials.Where(c => c.Target == compared.Target.Name)];
        DriftFinding[] findings =
        [
            .. new DriftFinder(view.Record, expected, observed, compared.Now, compared.Target.Description.ExactNames).Find()
                .Concat(observed.Account is null ? [] : CredentialFinder.Find(recorded, suspect.Credentials, compared.Now))
                .OrderBy(f => f.Kind).ThenBy(f => f.Subject, StringComparer.Ordinal),
        ];
        return LookResult.Of(findings, observed.Account?.Key ?? expected?.Key, view.Record.Status);
    }

    async Task<ObservedAccount> ObserveAsync(string identityId, string? key, IReadOnlyList<string> accountKeys, CancellationToken cancellationToken)
    {
        var account = key is null ? null : await FindByKeyAsync(key, cancellationToken);
        account ??= await compared.CallAsync((accounts, token) => accounts.FindByMarkAsync(identityId, token), cancellationToken);
        var others = new List<TargetAccount>();
        foreach (var other in accountKeys.Where(k => k != account?.Key).Order(StringComparer.Ordinal))
        {
            if (await FindByKeyAsync(other, cancellationToken) is { } found && found.OwnerMark == identityId)
            {
                others.Add(found);
            }
        }

        return new ObservedAccount(account, account is null ? [] : await compared.ReadRightsAsync(account.Key, cancellationToken), others);
    }

    Task<TargetAccount?> FindByKeyAsync(string key, CancellationToken cancellationToken) =>
        compared.CallAsync((accounts, token) => accounts.FindByKeyAsync(key, token), cancellationToken);
}
