using System.Collections.Concurrent;
using ServerlessSync.Connectors;

namespace ServerlessSync.Benchmarks.Intake;

/// <summary>A target in memory that does as asked at once, so that what is measured is the mesh.</summary>
sealed class QuietTarget(string id) : IAccountConnector
{
    readonly ConcurrentDictionary<string, TargetAccount> _accounts = new();

    public ConnectorDescription Describe() => new(id, "quiet", "mark", OrdersByKey: false) { Attributes = ["displayName", "department", "title"] };

    public Task TestConnectionAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<Page<TargetAccount>> ReadPageAsync(string? continuationToken, CancellationToken cancellationToken) =>
        Task.FromResult(new Page<TargetAccount>([.. _accounts.Values], null));

    public Task<TargetAccount?> FindByKeyAsync(string key, CancellationToken cancellationToken) => Task.FromResult(_accounts.GetValueOrDefault(key));

    /// <summary>The mark is the key, so that nothing is searched.</summary>
    public Task<TargetAccount?> FindByMarkAsync(string ownerMark, CancellationToken cancellationToken) => FindByKeyAsync(ownerMark, cancellationToken);

    public Task<WriteResult> CreateAsync(AccountCreation creation, WriteContext context, CancellationToken cancellationToken)
    {
        var account = new TargetAccount(creation.OwnerMark, creation.UserName, Active: true, creation.OwnerMark, creation.Attributes);
        return Task.FromResult(_accounts.TryAdd(account.Key, account) ? WriteResult.Applied(account.Key) : WriteResult.AlreadyInPlace(account.Key, account));
    }

    public Task<WriteResult> UpdateAsync(AccountDelta delta, WriteContext context, CancellationToken cancellationToken) =>
        Change(delta.Key, account =>
        {
            var attributes = new Dictionary<string, string>(account.Attributes);
            foreach (var (name, value) in delta.Attributes)
            {
                attributes[name] = value ?? "";
            }

            return account with { Attributes = attributes };
        });

    public Task<WriteResult> SetActiveAsync(AccountReference account, bool active, WriteContext context, CancellationToken cancellationToken) =>
        Change(account.Key, known => known with { Active = active });

    public Task<WriteResult> DeleteAsync(AccountReference account, WriteContext context, CancellationToken cancellationToken) =>
        Task.FromResult(_accounts.TryRemove(account.Key, out var before) ? WriteResult.Applied(account.Key, before) : WriteResult.AlreadyInPlace(account.Key));

    Task<WriteResult> Change(string key, Func<TargetAccount, TargetAccount> change)
    {
        var before = _accounts[key];
        _accounts[key] = change(before);
        return Task.FromResult(WriteResult.Applied(key, before));
    }
}
