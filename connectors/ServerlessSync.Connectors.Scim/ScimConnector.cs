using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessSync.Connectors.Http;

namespace ServerlessSync.Connectors.Scim;

/// <summary>
/// A SCIM 2.0 service as a target (RFC 7643, RFC 7644). The ownership mark is <c>externalId</c>; a grant <c>group:NAME</c> is
/// membership of the group with that displayName. SCIM has no sessions, so this is no <see cref="ISessionConnector"/>.
/// </summary>
public sealed partial class ScimConnector : IAccountConnector, IGrantConnector, IChangeFeed, IDisposable
{
    readonly ScimOptions _options;
    readonly JsonHttpClient _http;
    readonly ScimWire _wire;
    readonly ScimUsers _users;
    readonly ScimGroups _groups;
    readonly ScimPager _pager;
    readonly ScimMembers _members;
    readonly ScimChanges _changes;

    /// <summary>Makes a connector. It does no I/O before it is asked to.</summary>
    /// <param name="options">How the service is spoken to.</param>
    /// <param name="handler">Carries the calls; shared and disposed by the host, and must follow no redirects.</param>
    /// <param name="timeProvider">The clock of time limits.</param>
    public ScimConnector(ScimOptions options, HttpMessageHandler handler, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _http = new JsonHttpClient(
            handler,
            new JsonHttpOptions(options.Id, options.BaseUrl, options.Token) { MediaType = "application/scim+json", Timeout = options.RequestTimeout },
            timeProvider);
        _wire = new ScimWire(_http, options.Id, options.PageSize);
        _users = new ScimUsers(options.Id);
        _groups = new ScimGroups(_wire, options, timeProvider);
        var features = new ScimFeatures(_wire);
        _pager = new ScimPager(_wire, features, options.Id);
        _members = new ScimMembers(_wire, _pager, _groups, options);
        _changes = new ScimChanges(_pager, features, _users, options, timeProvider);
    }

    /// <inheritdoc/>
    public ConnectorDescription Describe() => new(_options.Id, "scim", "externalId of the user", OrdersByKey: false)
    {
        Attributes = [.. ScimAttribute.ByName.Keys.Order(StringComparer.Ordinal)],
    };

    /// <inheritdoc/>
    public async Task TestConnectionAsync(CancellationToken cancellationToken) =>
        await _wire.ListAsync("Users", ScimFilter.Equal("externalId", "connection-test"), "", 1, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    /// <remarks>
    /// By cursor where the service offers it (RFC 9865). By index else: accounts made or removed meanwhile are noticed, and reading goes on
    /// where the last accounts read now stand, or fails as <see cref="FailureKind.Incomplete"/> when they are nowhere near.
    /// </remarks>
    public async Task<Page<TargetAccount>> ReadPageAsync(string? continuationToken, CancellationToken cancellationToken)
    {
        var page = await _pager.ReadAsync(new ScimQuery("Users", null, ""), continuationToken, cancellationToken).ConfigureAwait(false);
        return new Page<TargetAccount>([.. page.Items.Select(_users.Account)], page.NextToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// From <c>meta.lastModified</c>, where the service says that it filters. A deletion is not seen, and neither is a change that the service
    /// shows under an earlier time than another it has shown already.
    /// </remarks>
    public Task<ChangePage> ReadChangesAsync(string? cursor, CancellationToken cancellationToken) => _changes.ReadAsync(cursor, cancellationToken);

    /// <inheritdoc/>
    public async Task<TargetAccount?> FindByKeyAsync(string key, CancellationToken cancellationToken) =>
        await FindUserAsync(key, cancellationToken).ConfigureAwait(false) is { } user ? _users.Account(user) : null;

    /// <inheritdoc/>
    public async Task<TargetAccount?> FindByMarkAsync(string ownerMark, CancellationToken cancellationToken)
    {
        var filter = ScimFilter.Equal("externalId", ownerMark);
        var found = await _wire.ListAsync("Users", filter, "", 1, cancellationToken).ConfigureAwait(false);
        var accounts = found.Items.Select(_users.Account).ToList();
        if (accounts.Exists(account => account.OwnerMark != ownerMark))
        {
            // Ours may be on a page that was not read; "absent" would be a guess, and a second account its price.
            throw Failure(FailureKind.Rejected, "the service does not honour a filter on externalId");
        }

        return accounts.Count > 1
            ? throw Failure(FailureKind.Rejected, $"{accounts.Count} accounts carry the mark {ownerMark}")
            : accounts.FirstOrDefault();
    }

    /// <inheritdoc/>
    public async Task<WriteResult> CreateAsync(AccountCreation creation, WriteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(creation);
        if (string.IsNullOrEmpty(creation.OwnerMark) || string.IsNullOrEmpty(creation.UserName))
        {
            throw Failure(FailureKind.Rejected, "an account needs a mark and a userName");
        }

        var body = _users.Creation(creation);
        if (await FindByMarkAsync(creation.OwnerMark, cancellationToken).ConfigureAwait(false) is { } ours)
        {
            return WriteResult.AlreadyInPlace(ours.Key, ours);
        }

        if (await _wire.CreateUserAsync(body, cancellationToken).ConfigureAwait(false) is { } made)
        {
            return WriteResult.Applied(_users.Account(made).Key);
        }

        // An earlier attempt of ours may have arrived between the read and the write.
        return await FindByMarkAsync(creation.OwnerMark, cancellationToken).ConfigureAwait(false) is { } earlier
            ? WriteResult.AlreadyInPlace(earlier.Key, earlier)
            : WriteResult.Refused("userName is held by an account the mesh does not own");
    }

    /// <inheritdoc/>
    public async Task<WriteResult> UpdateAsync(AccountDelta delta, WriteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delta);
        var user = await FindUserAsync(delta.Key, cancellationToken).ConfigureAwait(false)
            ?? throw Failure(FailureKind.NotFound, "the account to update does not exist");
        var before = _users.Account(user);
        return !Owns(before, delta.OwnerMark)
            ? Foreign
            : await PatchUserAsync(before, _users.Changes(user, delta), cancellationToken).ConfigureAwait(false)
                ?? throw Failure(FailureKind.NotFound, "the account vanished while it was updated");
    }

    /// <inheritdoc/>
    public async Task<WriteResult> SetActiveAsync(
        AccountReference account, bool active, WriteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (await FindByKeyAsync(account.Key, cancellationToken).ConfigureAwait(false) is not { } before)
        {
            return active ? throw Failure(FailureKind.NotFound, "the account to enable does not exist") : WriteResult.AlreadyInPlace(account.Key);
        }

        if (!Owns(before, account.OwnerMark))
        {
            return Foreign;
        }

        JsonArray changes = before.Active == active ? [] : [new JsonObject { ["op"] = "replace", ["path"] = "active", ["value"] = active }];
        return await PatchUserAsync(before, changes, cancellationToken).ConfigureAwait(false)
            ?? (active ? throw Failure(FailureKind.NotFound, "the account vanished while it was enabled") : WriteResult.AlreadyInPlace(before.Key, before));
    }

    /// <inheritdoc/>
    public async Task<WriteResult> DeleteAsync(AccountReference account, WriteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (await FindByKeyAsync(account.Key, cancellationToken).ConfigureAwait(false) is not { } before)
        {
            return WriteResult.AlreadyInPlace(account.Key);
        }

        if (!Owns(before, account.OwnerMark))
        {
            return Foreign;
        }

        return await _wire.DeleteUserAsync(before.Key, cancellationToken).ConfigureAwait(false)
            ? WriteResult.Applied(before.Key, before)
            : WriteResult.AlreadyInPlace(before.Key, before);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    static WriteResult Foreign => WriteResult.Refused("the account does not carry the mesh's mark");

    // An account without a mark is never ours, not even to a caller who names none.
    static bool Owns(TargetAccount account, string ownerMark) => !string.IsNullOrEmpty(ownerMark) && account.OwnerMark == ownerMark;

    Task<JsonElement?> FindUserAsync(string key, CancellationToken cancellationToken) => _wire.GetAsync("Users", key, "", cancellationToken);

    /// <summary>Applies the operations; null when the user is gone.</summary>
    async Task<WriteResult?> PatchUserAsync(TargetAccount before, JsonArray operations, CancellationToken cancellationToken)
    {
        if (operations.Count == 0)
        {
            return WriteResult.AlreadyInPlace(before.Key, before);
        }

        var rename = operations.Any(operation => (string?)operation!["path"] == "userName");
        return await _wire.PatchAsync("Users", before.Key, operations, cancellationToken).ConfigureAwait(false) switch
        {
            HttpStatusCode.NotFound => null,
            HttpStatusCode.Conflict when rename => WriteResult.Refused("the new userName is held by another account"),
            HttpStatusCode.Conflict => throw Failure(FailureKind.Conflict, "the account changed meanwhile"),
            _ => WriteResult.Applied(before.Key, before),
        };
    }

    ConnectorException Failure(FailureKind kind, string message) => new(_options.Id, kind, $"{_options.Id}: {message}");
}
