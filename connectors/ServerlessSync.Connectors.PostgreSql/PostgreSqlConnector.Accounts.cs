using Npgsql;

namespace ServerlessSync.Connectors.PostgreSql;

public sealed partial class PostgreSqlConnector
{
    /// <inheritdoc/>
    public async Task<TargetAccount?> FindByKeyAsync(string key, CancellationToken cancellationToken) =>
        (await FindRoleAsync(key, cancellationToken).ConfigureAwait(false))?.Account;

    /// <inheritdoc/>
    public async Task<TargetAccount?> FindByMarkAsync(string ownerMark, CancellationToken cancellationToken)
    {
        if (RoleName.TextProblem(ownerMark, "ownership mark") is not null)
        {
            return null;
        }

        // One of several is never picked: what is done to it or proven of it would say nothing of the others.
        var roles = await ReadRolesAsync(RoleSql.ByComment, [RoleSql.MarkPrefix + ownerMark], cancellationToken).ConfigureAwait(false);
        return roles.Count > 1
            ? throw new ConnectorException(
                _options.Id, FailureKind.Rejected, $"The roles {string.Join(", ", roles.Select(r => r.Account.Key).Order(StringComparer.Ordinal))} all carry the mark {ownerMark}.")
            : roles.SingleOrDefault()?.Account;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The role can log in and has no password; the mark is written in the transaction that makes it. A role that carries the mark under
    /// another name is the identity's account and is answered instead, under its own key.
    /// </remarks>
    public async Task<WriteResult> CreateAsync(AccountCreation creation, WriteContext context, CancellationToken cancellationToken)
    {
        if (Problem(creation.UserName, creation.OwnerMark) is { } problem)
        {
            return WriteResult.Refused(problem);
        }

        var role = RoleName.Identifier(creation.UserName);
        var write = new GuardedWrite(creation.UserName, creation.OwnerMark, RoleSql.CreateVerdict, RoleVerdict.Absent,
        [
            $"CREATE ROLE {role} LOGIN",
            $"COMMENT ON ROLE {role} IS {RoleName.Literal(RoleSql.MarkPrefix + creation.OwnerMark)}",
        ]);
        GuardedAnswer found;
        try
        {
            found = await _database.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectorException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation })
        {
            // Someone who does not take our lock made the role between our look and our write; the second look sees it.
            found = await _database.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        }

        return found.Verdict switch
        {
            RoleVerdict.Ambiguous => await AmbiguousAsync(creation.OwnerMark, cancellationToken).ConfigureAwait(false),
            RoleVerdict.Absent => WriteResult.Applied(creation.UserName),
            _ => Answer(found, RoleVerdict.Absent),
        };
    }

    /// <summary>Fails with the names of the roles that carry the mark.</summary>
    async Task<WriteResult> AmbiguousAsync(string ownerMark, CancellationToken cancellationToken)
    {
        await FindByMarkAsync(ownerMark, cancellationToken).ConfigureAwait(false);
        throw new ConnectorException(_options.Id, FailureKind.Conflict, "The marks of roles were changed at the same time.");
    }

    /// <inheritdoc/>
    /// <remarks>A role has no attribute the mesh could set, so an account that is ours is always as asked; a new name is refused.</remarks>
    public async Task<WriteResult> UpdateAsync(AccountDelta delta, WriteContext context, CancellationToken cancellationToken)
    {
        if (Problem(delta.Key, delta.OwnerMark) is { } problem)
        {
            return WriteResult.Refused(problem);
        }

        var account = await FindByKeyAsync(delta.Key, cancellationToken).ConfigureAwait(false) ?? throw NoSuchRole();
        if (account.OwnerMark != delta.OwnerMark)
        {
            return WriteResult.Refused("The role does not carry the expected ownership mark.");
        }

        return delta.Attributes.TryGetValue("userName", out var name) && name != delta.Key
            ? WriteResult.Refused("A role is known by its name; it cannot be renamed.")
            : WriteResult.AlreadyInPlace(account.Key, account);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Disabling takes LOGIN away and, unless someone set an expiry, makes every password expired. An expiry set by others stays, through
    /// disabling and enabling. Open sessions go on until <see cref="RevokeSessionsAsync"/>.
    /// </remarks>
    public async Task<WriteResult> SetActiveAsync(AccountReference account, bool active, WriteContext context, CancellationToken cancellationToken)
    {
        if (Problem(account.Key, account.OwnerMark) is { } problem)
        {
            return WriteResult.Refused(problem);
        }

        var alter = $"ALTER ROLE {RoleName.Identifier(account.Key)} {(active ? "LOGIN" : "NOLOGIN")}";
        var write = new GuardedWrite(
            account.Key,
            account.OwnerMark,
            active ? RoleSql.EnableVerdict : RoleSql.DisableVerdict,
            RoleVerdict.Go,
            [$"{alter} VALID UNTIL '{(active ? "infinity" : "-infinity")}'"]);
        var found = await _database.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        if (found.Verdict == RoleVerdict.Expiring)
        {
            write = write with { Proceed = RoleVerdict.Expiring, Statements = [alter] };
            found = await _database.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        }

        if (active && found.Verdict == RoleVerdict.Absent)
        {
            throw NoSuchRole();
        }

        // Between the two looks the expiry went away: the caller reads again.
        return write.Proceed == RoleVerdict.Expiring && found.Verdict == RoleVerdict.Go
            ? throw new ConnectorException(_options.Id, FailureKind.Conflict, "The role's expiry was changed at the same time.")
            : Answer(found, write.Proceed);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A role that owns objects or holds privileges in any database is refused with what it holds, and nothing is changed. Sessions end
    /// before the removal is committed, since the server would let them go on without a role.
    /// </remarks>
    public async Task<WriteResult> DeleteAsync(AccountReference account, WriteContext context, CancellationToken cancellationToken)
    {
        if (Problem(account.Key, account.OwnerMark) is { } problem)
        {
            return WriteResult.Refused(problem);
        }

        GuardedAnswer found;
        try
        {
            found = await _database.WriteAsync(
                new GuardedWrite(account.Key, account.OwnerMark, RoleSql.PresentVerdict, RoleVerdict.Go, [$"DROP ROLE {RoleName.Identifier(account.Key)}", RoleSql.SignalSessions]),
                cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectorException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.DependentObjectsStillExist } held)
        {
            return WriteResult.Refused($"{held.MessageText}: {held.Detail}");
        }

        if (found is { Verdict: RoleVerdict.Go, Role: { } dropped })
        {
            await AwaitSessionsAsync(dropped.Oid, cancellationToken).ConfigureAwait(false);
        }

        return Answer(found, RoleVerdict.Go);
    }
}
