using System.Globalization;
using ServerlessSync.Connectors;

namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>A target of any size behind the connector contract: what it holds is told from numbers, page by page, in no order of keys.</summary>
sealed class GeneratedTarget(string id, int people) : IAccountConnector, IGrantConnector
{
    const int PageSize = 500;

    public ConnectorDescription Describe() => new(id, "generated", "mark", OrdersByKey: false) { Attributes = RealPerson.Managed };

    public Task TestConnectionAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<Page<TargetAccount>> ReadPageAsync(string? continuationToken, CancellationToken cancellationToken) =>
        Task.FromResult(Give<TargetAccount>(continuationToken, PageSize, number => RealPerson.AccountOf(number) is { } account ? [account] : []));

    public Task<Page<TargetGrant>> ReadGrantPageAsync(string? continuationToken, CancellationToken cancellationToken) =>
        Task.FromResult(Give(continuationToken, PageSize / 2, GrantsOf));

    public Task<TargetAccount?> FindByKeyAsync(string key, CancellationToken cancellationToken) =>
        Task.FromResult(RealPerson.NumberOf(key) is { } number && RealPerson.AccountOf(number) is { } account && account.Key == key ? account : null);

    public Task<TargetAccount?> FindByMarkAsync(string ownerMark, CancellationToken cancellationToken) =>
        Task.FromResult(RealPerson.NumberOf(ownerMark) is { } number && RealPerson.AccountOf(number) is { } account && account.OwnerMark == ownerMark ? account : null);

    public Task<IReadOnlyList<string>> ReadGrantsAsync(string accountKey, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(RealPerson.NumberOf(accountKey) is { } number ? RealPerson.RightsOf(number) : []);

    public Task<WriteResult> CreateAsync(AccountCreation creation, WriteContext context, CancellationToken cancellationToken) => throw OnlyRead();

    public Task<WriteResult> UpdateAsync(AccountDelta delta, WriteContext context, CancellationToken cancellationToken) => throw OnlyRead();

    public Task<WriteResult> SetActiveAsync(AccountReference account, bool active, WriteContext context, CancellationToken cancellationToken) => throw OnlyRead();

    public Task<WriteResult> DeleteAsync(AccountReference account, WriteContext context, CancellationToken cancellationToken) => throw OnlyRead();

    public Task<WriteResult> GrantAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken) => throw OnlyRead();

    public Task<WriteResult> RevokeAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken) => throw OnlyRead();

    static IEnumerable<TargetGrant> GrantsOf(int number)
    {
        var key = RealPerson.KeyOf(number);
        return RealPerson.RightsOf(number).Select(right => new TargetGrant(key, right));
    }

    static InvalidOperationException OnlyRead() => new("A comparison that only plans writes nothing.");

    Page<T> Give<T>(string? token, int most, Func<int, IEnumerable<T>> of)
    {
        var from = token is null ? 0 : int.Parse(token, CultureInfo.InvariantCulture);
        var until = Math.Min(people, from + most);
        var items = Enumerable.Range(from, until - from).SelectMany(of).ToList();
        return new Page<T>(items, until == people ? null : until.ToString(CultureInfo.InvariantCulture));
    }
}
