using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Targets;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>One target as a call of a comparison sees it: how it is read, and what the record expects there.</summary>
sealed class ComparedTarget
{
    readonly ExpectedState _expected;
    readonly ManagerKeys _managers;

    public ComparedTarget(string name, ReconcileServices services)
    {
        Services = services;
        Target = services.Targets[name];
        _expected = new ExpectedState(name, services.Configuration, services.Policy, services.PlanTargets);
        _managers = new ManagerKeys(services.Stores, _expected.Managed.Contains(AttributeNames.Manager));
    }

    public ReconcileServices Services { get; }

    public Target Target { get; }

    public DateTimeOffset Now => Services.Stores.Clock.GetUtcNow();

    public IReadOnlyList<string> Managed => _expected.Managed;

    IAccountConnector Accounts => Target.Accounts
        ?? throw new ConnectorException(Target.Name, FailureKind.Rejected, $"{Target.Name} has no accounts to compare");

    public async ValueTask<ExpectedHolding?> ExpectAsync(IdentityView view, CancellationToken cancellationToken) =>
        _expected.Of(view, await _managers.OfAsync(view.Record, cancellationToken), Now);

    public Task<T> CallAsync<T>(Func<IAccountConnector, CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        Target.CallAsync(token => call(Accounts, token), cancellationToken);

    /// <summary>Whether the target answers and takes our credential.</summary>
    /// <exception cref="ConnectorException">It does not.</exception>
    public Task TestAsync(CancellationToken cancellationToken) => CallAsync(
        async (accounts, token) =>
        {
            await accounts.TestConnectionAsync(token);
            return true;
        },
        cancellationToken);

    public Task<IReadOnlyList<string>> ReadRightsAsync(string accountKey, CancellationToken cancellationToken) => Target.Grants is { } grants
        ? Target.CallAsync(token => grants.ReadGrantsAsync(accountKey, token), cancellationToken)
        : Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>The identity an account belongs to by its mark, or by what is recorded where it carries none; null when nobody is known.</summary>
    public async Task<string?> FindHolderAsync(TargetAccount account, CancellationToken cancellationToken) => account.OwnerMark is { } mark
        ? await IsKnownAsync(mark, cancellationToken) ? mark : null
        : await FindRecordedAsync(account.Key, cancellationToken);

    /// <summary>Whether a mark is the id of an identity; one whose record is damaged is known all the same.</summary>
    public async Task<bool> IsKnownAsync(string mark, CancellationToken cancellationToken)
    {
        try
        {
            return StoreLimits.IsKey(mark) && await Services.Stores.Registry.FindAsync(mark, cancellationToken) is not null;
        }
        catch (StoreException e) when (IsDamage(e))
        {
            return true;
        }
    }

    static bool IsDamage(StoreException failure) => failure is { Failure: StoreFailure.Corrupt, Row: not null };

    /// <summary>The identity an account is recorded for, or null; one recorded as deleted is nobody's when it is there again.</summary>
    public async Task<string?> FindRecordedAsync(string accountKey, CancellationToken cancellationToken)
    {
        var holder = await Services.Stores.AccountKeys.FindAsync(Target.Name, accountKey, cancellationToken);
        try
        {
            return holder is not null && await Services.Stores.Registry.FindAccountAsync(holder, Target.Name, cancellationToken) is { Status: not AccountStatus.Deleted } account
                && account.Key == accountKey
                    ? holder
                    : null;
        }
        catch (StoreException e) when (IsDamage(e))
        {
            return holder;
        }
    }
}
