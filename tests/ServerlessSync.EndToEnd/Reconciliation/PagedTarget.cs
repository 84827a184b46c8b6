using System.Globalization;
using ServerlessSync.Connectors;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>A scripted target whose pages are counted, and come as the test says.</summary>
sealed class PagedTarget(ScriptedConnector inner) : IAccountConnector, IChangeFeed, ICredentialConnector, IGrantConnector, ISessionConnector
{
    const char Bar = '|';

    int _pages;

    /// <summary>Pages of accounts read.</summary>
    public int Pages => Volatile.Read(ref _pages);

    /// <summary>Changes a page, given its number from 1 in the order of reading, or throws.</summary>
    public Func<int, Page<TargetAccount>, Page<TargetAccount>> OnPage { get; set; } = (_, page) => page;

    /// <summary>Waited for before a page of accounts is read.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    /// <summary>Answers a page of changes in the target's place, given the cursor, or null to let the target answer; or throws.</summary>
    public Func<string?, ChangePage?> OnChanges { get; set; } = _ => null;

    /// <summary>Empty pages before each page that holds something.</summary>
    public int Padding { get; set; }

    public ConnectorDescription Describe() => inner.Describe();

    /// <summary>Whether it refuses every connection.</summary>
    public bool Unreached { get; set; }

    public Task TestConnectionAsync(CancellationToken cancellationToken) => Unreached
        ? throw new ConnectorException(Describe().Id, FailureKind.Unauthorised, "the connection was refused")
        : inner.TestConnectionAsync(cancellationToken);

    public async Task<Page<TargetAccount>> ReadPageAsync(string? continuationToken, CancellationToken cancellationToken)
    {
        await Before();
        var number = Interlocked.Increment(ref _pages);
        var (padding, token) = Split(continuationToken);
        if (padding < Padding)
        {
            return new Page<TargetAccount>([], FormattableString.Invariant($"{padding + 1}{Bar}{token}"));
        }

        return OnPage(number, await inner.ReadPageAsync(token, cancellationToken));
    }

    public async Task<ChangePage> ReadChangesAsync(string? cursor, CancellationToken cancellationToken) =>
        OnChanges(cursor) ?? await inner.ReadChangesAsync(cursor, cancellationToken);

    static (int Padding, string? Token) Split(string? token)
    {
        var bar = token?.IndexOf(Bar, StringComparison.Ordinal) ?? -1;
        return bar < 0 ? (0, token) : (int.Parse(token![..bar], CultureInfo.InvariantCulture), token.Length == bar + 1 ? null : token[(bar + 1)..]);
    }

    public Task<Page<TargetCredential>> ReadCredentialPageAsync(string? continuationToken, CancellationToken cancellationToken) =>
        inner.ReadCredentialPageAsync(continuationToken, cancellationToken);

    public Task<Page<TargetGrant>> ReadGrantPageAsync(string? continuationToken, CancellationToken cancellationToken) =>
        inner.ReadGrantPageAsync(continuationToken, cancellationToken);

    public Task<TargetAccount?> FindByKeyAsync(string key, CancellationToken cancellationToken) => inner.FindByKeyAsync(key, cancellationToken);

    public Task<TargetAccount?> FindByMarkAsync(string ownerMark, CancellationToken cancellationToken) => inner.FindByMarkAsync(ownerMark, cancellationToken);

    public Task<WriteResult> CreateAsync(AccountCreation creation, WriteContext context, CancellationToken cancellationToken) =>
        inner.CreateAsync(creation, context, cancellationToken);

    public Task<WriteResult> UpdateAsync(AccountDelta delta, WriteContext context, CancellationToken cancellationToken) =>
        inner.UpdateAsync(delta, context, cancellationToken);

    public Task<WriteResult> SetActiveAsync(AccountReference account, bool active, WriteContext context, CancellationToken cancellationToken) =>
        inner.SetActiveAsync(account, active, context, cancellationToken);

    public Task<WriteResult> DeleteAsync(AccountReference account, WriteContext context, CancellationToken cancellationToken) =>
        inner.DeleteAsync(account, context, cancellationToken);

    public Task<IReadOnlyList<string>> ReadGrantsAsync(string accountKey, CancellationToken cancellationToken) =>
        inner.ReadGrantsAsync(accountKey, cancellationToken);

    public Task<WriteResult> GrantAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken) =>
        inner.GrantAsync(account, grant, context, cancellationToken);

    public Task<WriteResult> RevokeAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken) =>
        inner.RevokeAsync(account, grant, context, cancellationToken);

    public Task<int> CountSessionsAsync(string accountKey, CancellationToken cancellationToken) => inner.CountSessionsAsync(accountKey, cancellationToken);

    public Task<WriteResult> RevokeSessionsAsync(AccountReference account, WriteContext context, CancellationToken cancellationToken) =>
        inner.RevokeSessionsAsync(account, context, cancellationToken);
}
