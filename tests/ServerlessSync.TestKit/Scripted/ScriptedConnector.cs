using System.Collections.Immutable;
using ServerlessSync.Connectors;

namespace ServerlessSync.TestKit.Scripted;

/// <summary>
/// A target in memory that can fail, lag, lose replies, throttle and hold any call, as its <see cref="Script"/> says. What it holds outlives a
/// host that is "killed" over it, as a real target does.
/// </summary>
public sealed partial class ScriptedConnector(string id, Script script) : IAccountConnector, IGrantConnector, ISessionConnector, ICredentialConnector, IChangeFeed
{
    readonly Lock _gate = new();
    ImmutableSortedDictionary<string, ScriptedAccount> _accounts = ImmutableSortedDictionary.Create<string, ScriptedAccount>(StringComparer.Ordinal);
    ImmutableSortedDictionary<string, ScriptedAccount> _before = ImmutableSortedDictionary.Create<string, ScriptedAccount>(StringComparer.Ordinal);

    /// <summary>What stands there, read without the connector: what a native reader would see.</summary>
    public IReadOnlyDictionary<string, ScriptedAccount> Native
    {
        get
        {
            lock (_gate)
            {
                return _accounts;
            }
        }
    }

    /// <summary>Puts an account there as somebody else would.</summary>
    public void PutNatively(string key, ScriptedAccount account)
    {
        lock (_gate)
        {
            Set(key, account);
        }
    }

    /// <summary>Changes an account as somebody else would, at one blow.</summary>
    public void ChangeNatively(string key, Func<ScriptedAccount, ScriptedAccount> change)
    {
        lock (_gate)
        {
            Set(key, change(_accounts[key]));
        }
    }

    /// <summary>Removes an account as somebody else would.</summary>
    public void RemoveNatively(string key)
    {
        lock (_gate)
        {
            Set(key, null);
        }
    }

    public ConnectorDescription Describe() => new(id, "scripted", "mark", Listing.Ordered)
    {
        Attributes = ["department", "displayName", "manager", "title", "userName"],
        ExactNames = ExactNames,
    };

    /// <summary>Whether it tells names apart that differ in case alone; to be said before it is used.</summary>
    public bool ExactNames { get; set; }

    public Task TestConnectionAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<TargetAccount?> FindByKeyAsync(string key, CancellationToken cancellationToken) =>
        ReadAsync("find", key, all => all.TryGetValue(key, out var account) ? account.Seen(key) : null, cancellationToken);

    public Task<TargetAccount?> FindByMarkAsync(string ownerMark, CancellationToken cancellationToken) => ReadAsync(
        "find", ownerMark, all => all.Where(a => a.Value.Mark == ownerMark).Select(a => a.Value.Seen(a.Key)).FirstOrDefault(), cancellationToken);

    public Task<WriteResult> CreateAsync(AccountCreation creation, WriteContext context, CancellationToken cancellationToken) =>
        RunAsync("create", script.Next(id, "create", creation.OwnerMark, null), () => Create(creation, context), cancellationToken);

    public Task<WriteResult> UpdateAsync(AccountDelta delta, WriteContext context, CancellationToken cancellationToken) =>
        ChangeAsync(new(id, "update", delta.OwnerMark, null, context.IdempotencyKey), delta.Key, a => a.With(delta.Attributes), cancellationToken);

    public Task<WriteResult> SetActiveAsync(AccountReference account, bool active, WriteContext context, CancellationToken cancellationToken)
    {
        var operation = active ? "enable" : "disable";
        return ChangeAsync(new(id, operation, account.OwnerMark, null, context.IdempotencyKey), account.Key, a => a with { Active = active }, cancellationToken);
    }

    public Task<WriteResult> DeleteAsync(AccountReference account, WriteContext context, CancellationToken cancellationToken) =>
        ChangeAsync(new(id, "delete", account.OwnerMark, null, context.IdempotencyKey), account.Key, _ => null, cancellationToken);

    public Task<IReadOnlyList<string>> ReadGrantsAsync(string accountKey, CancellationToken cancellationToken) => ReadAsync(
        "readGrants", accountKey, IReadOnlyList<string> (all) => all.TryGetValue(accountKey, out var a) ? [.. a.Rights] : [], cancellationToken);

    public Task<WriteResult> GrantAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken) =>
        ChangeAsync(new(id, "grant", account.OwnerMark, grant, context.IdempotencyKey), account.Key, a => a.Give(grant), cancellationToken);

    public Task<WriteResult> RevokeAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken) =>
        ChangeAsync(new(id, "revoke", account.OwnerMark, grant, context.IdempotencyKey), account.Key, a => a.Take(grant), cancellationToken);

    public Task<int> CountSessionsAsync(string accountKey, CancellationToken cancellationToken) => ReadAsync(
        "countSessions", accountKey, all => all.TryGetValue(accountKey, out var a) ? a.Sessions : 0, cancellationToken);

    public Task<WriteResult> RevokeSessionsAsync(AccountReference account, WriteContext context, CancellationToken cancellationToken) =>
        ChangeAsync(new(id, "revokeSessions", account.OwnerMark, null, context.IdempotencyKey), account.Key, a => a with { Sessions = 0 }, cancellationToken);

    WriteResult Create(AccountCreation creation, WriteContext context)
    {
        if (_accounts.TryGetValue(creation.UserName, out var there))
        {
            return there.Mark == creation.OwnerMark
                ? WriteResult.AlreadyInPlace(creation.UserName, there.Seen(creation.UserName))
                : WriteResult.Refused("the name is held by an account the mesh does not own");
        }

        Remember();
        Set(creation.UserName, new ScriptedAccount(creation.OwnerMark, Active: true, new Dictionary<string, string>(creation.Attributes), [], Sessions: 1));
        script.Note(new(id, "create", creation.OwnerMark, null, context.IdempotencyKey));
        return WriteResult.Applied(creation.UserName);
    }

    WriteResult Change(ScriptedEffect wanted, string key, Func<ScriptedAccount, ScriptedAccount?> change)
    {
        if (!_accounts.TryGetValue(key, out var account))
        {
            return wanted.Operation is "grant" or "update" or "enable"
                ? throw new ConnectorException(id, FailureKind.NotFound, "no such account")
                : WriteResult.AlreadyInPlace();
        }

        if (account.Mark != wanted.Mark)
        {
            return WriteResult.Refused("the account is not ours");
        }

        var before = account.Seen(key);
        bool? held = wanted.Right is null ? null : account.Rights.Contains(wanted.Right);
        var after = change(account);
        if (after is not null && after.SameAs(account))
        {
            return WriteResult.AlreadyInPlace(key, before, held);
        }

        Remember();
        Set(key, after);
        script.Note(wanted);
        return WriteResult.Applied(key, before, held);
    }

    void Remember() => _before = _accounts;

    Task<T> ReadAsync<T>(string operation, string mark, Func<ImmutableSortedDictionary<string, ScriptedAccount>, T> read, CancellationToken cancellationToken)
    {
        var behaviour = script.Next(id, operation, mark, null);
        return RunAsync(operation, behaviour, () => read(behaviour is Behaviour.Lagging ? _before : _accounts), cancellationToken);
    }

    Task<WriteResult> ChangeAsync(ScriptedEffect wanted, string key, Func<ScriptedAccount, ScriptedAccount?> change, CancellationToken cancellationToken) =>
        RunAsync(wanted.Operation, script.Next(id, wanted.Operation, wanted.Mark, wanted.Right), () => Change(wanted, key, change), cancellationToken);

    async Task<T> RunAsync<T>(string operation, Behaviour behaviour, Func<T> act, CancellationToken cancellationToken)
    {
        if (behaviour is Behaviour.Failing failing)
        {
            throw new ConnectorException(id, failing.Kind, $"scripted {failing.Kind} at {operation}", failing.RetryAfter);
        }

        if (behaviour is Behaviour.Holding holding)
        {
            await holding.Released;
        }
        else
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        T result;
        lock (_gate)
        {
            result = act();
        }

        if (behaviour is Behaviour.LosingReply losing)
        {
            losing.Then?.Invoke();
            throw new ConnectorException(id, FailureKind.OutcomeUnknown, $"scripted loss of the answer to {operation}");
        }

        return result;
    }
}

/// <summary>An account as a scripted target holds it.</summary>
public sealed record ScriptedAccount(
    string? Mark,
    bool Active,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyCollection<string> Rights,
    int Sessions)
{
    /// <summary>Its credentials; the account key in them is not looked at.</summary>
    public IReadOnlyCollection<TargetCredential> Credentials { get; init; } = [];

    /// <summary>The name people sign in with; the account's key unless it was renamed.</summary>
    public string? UserName { get; init; }

    internal TargetAccount Seen(string key) => new(key, UserName ?? key, Active, Mark, Attributes);

    internal ScriptedAccount Give(string right) => Rights.Contains(right) ? this : this with { Rights = [.. Rights.Append(right).Order(StringComparer.Ordinal)] };

    internal ScriptedAccount Take(string right) => Rights.Contains(right) ? this with { Rights = [.. Rights.Where(r => r != right)] } : this;

    internal ScriptedAccount With(IReadOnlyDictionary<string, string?> delta)
    {
        var attributes = new Dictionary<string, string>(Attributes);
        foreach (var (name, value) in delta)
        {
            if (value is null)
            {
                attributes.Remove(name);
            }
            else
            {
                attributes[name] = value;
            }
        }

        return attributes.Remove("userName", out var renamed)
            ? this with { Attributes = attributes, UserName = renamed }
            : this with { Attributes = attributes };
    }

    internal bool SameAs(ScriptedAccount other) =>
        Active == other.Active && UserName == other.UserName && Sessions == other.Sessions && Rights.SequenceEqual(other.Rights)
        && Attributes.Count == other.Attributes.Count && Attributes.All(a => other.Attributes.GetValueOrDefault(a.Key) == a.Value);
}
