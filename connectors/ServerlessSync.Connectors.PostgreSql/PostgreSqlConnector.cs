namespace ServerlessSync.Connectors.PostgreSql;

/// <summary>
/// Roles of one PostgreSQL cluster as accounts: the key is the role's name, the mark its comment, <c>serverlesssync:</c> and the owner mark.
/// </summary>
/// <remarks>
/// Works on PostgreSQL 14 and later with a user that may create roles and end sessions (CREATEROLE and pg_signal_backend, from PostgreSQL 16 on
/// also ADMIN OPTION on the roles it gives; or a superuser). Passwords are listed for a superuser alone, or for one who was given SELECT on pg_authid.
/// A superuser is never changed, whatever its comment says. Roles hold no attributes of people: <see cref="UpdateAsync"/> has nothing to change.
/// <see cref="TargetAccount.Attributes"/> holds <c>rolcanlogin</c> and, where one is set, <c>rolvaliduntil</c>. Pages are in the order of the
/// names' UTF-8 bytes, which is ordinal for every name without characters beyond U+FFFF.
/// </remarks>
public sealed partial class PostgreSqlConnector : IAccountConnector, IGrantConnector, ISessionConnector, ICredentialConnector, IAsyncDisposable
{
    const int PageSize = 500;

    readonly PostgreSqlOptions _options;
    readonly RoleDatabase _database;
    readonly TimeProvider _time;

    /// <summary>Makes a connector; opens no connection yet.</summary>
    /// <param name="options">How the cluster is reached.</param>
    /// <param name="time">The clock that bounds waiting for sessions to end.</param>
    /// <exception cref="ArgumentException">The options cannot be used as they are.</exception>
    public PostgreSqlConnector(PostgreSqlOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _options = options;
        _time = time;
        _database = new RoleDatabase(options.Id, PostgreSqlOptions.CreateDataSource(options));
    }

    /// <inheritdoc/>
    public ConnectorDescription Describe() => new(_options.Id, "postgresql", "COMMENT ON ROLE", OrdersByKey: true) { ExactNames = true };

    /// <inheritdoc/>
    public Task TestConnectionAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync("SELECT 1", static r => r.GetInt32(0), [], cancellationToken);

    /// <inheritdoc/>
    public async Task<Page<TargetAccount>> ReadPageAsync(string? continuationToken, CancellationToken cancellationToken)
    {
        var rows = await ReadRolesAsync(RoleSql.PageOf, [continuationToken ?? "", PageSize + 1], cancellationToken).ConfigureAwait(false);
        var accounts = rows.Take(PageSize).Select(r => r.Account).ToList();
        return new Page<TargetAccount>(accounts, rows.Count > PageSize ? accounts[^1].Key : null);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    static WriteResult Answer(GuardedAnswer found, string applied) => found.Verdict switch
    {
        _ when found.Verdict == applied => WriteResult.Applied(found.Role?.Account.Key, found.Role?.Account, found.Held),
        RoleVerdict.Foreign => WriteResult.Refused("The role does not carry the expected ownership mark."),
        RoleVerdict.Superuser => WriteResult.Refused("The role is a superuser."),
        RoleVerdict.Forbidden => WriteResult.Refused("The role to be granted is a superuser."),
        _ => WriteResult.AlreadyInPlace(found.Role?.Account.Key, found.Role?.Account, found.Held),
    };

    Task<List<RoleRow>> ReadRolesAsync(string sql, object[] parameters, CancellationToken cancellationToken) =>
        _database.ReadAsync(sql, static r => RoleRow.Read(r)!, parameters, cancellationToken);

    async Task<RoleRow?> FindRoleAsync(string key, CancellationToken cancellationToken) =>
        RoleName.SpellingProblem(key) is null
            ? (await ReadRolesAsync(RoleSql.ByName, [key], cancellationToken).ConfigureAwait(false)).SingleOrDefault()
            : null;

    static string? Problem(string name, string ownerMark) =>
        RoleName.Problem(name) ?? RoleName.TextProblem(ownerMark, "ownership mark") ?? (ownerMark.Length == 0 ? "The ownership mark is empty." : null);

    ConnectorException NoSuchRole() => new(_options.Id, FailureKind.NotFound, "The role does not exist.");
}
