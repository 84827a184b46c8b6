namespace ServerlessSync.Connectors.PostgreSql;

public sealed partial class PostgreSqlConnector
{
    const int LongestWaitForOneSession = 200;

    /// <inheritdoc/>
    public async Task<int> CountSessionsAsync(string accountKey, CancellationToken cancellationToken) =>
        RoleName.SpellingProblem(accountKey) is null
            ? (await _database.ReadAsync(RoleSql.CountSessions, static r => r.GetInt32(0), [accountKey], cancellationToken).ConfigureAwait(false))[0]
            : 0;

    /// <inheritdoc/>
    /// <remarks>
    /// Ends when a look finds no session left, or fails as <see cref="FailureKind.Transient"/> after <see cref="PostgreSqlOptions.CommandTimeout"/>.
    /// A role that may still log in can open new sessions meanwhile: disable it first.
    /// </remarks>
    public async Task<WriteResult> RevokeSessionsAsync(AccountReference account, WriteContext context, CancellationToken cancellationToken)
    {
        if (Problem(account.Key, account.OwnerMark) is { } problem)
        {
            return WriteResult.Refused(problem);
        }

        var found = await _database.WriteAsync(
            new GuardedWrite(account.Key, account.OwnerMark, RoleSql.PresentVerdict, RoleVerdict.Go, [RoleSql.SignalSessions]),
            cancellationToken).ConfigureAwait(false);
        if (found is not { Verdict: RoleVerdict.Go, Role: { } role, Sessions: > 0 })
        {
            return found.Verdict == RoleVerdict.Go ? WriteResult.AlreadyInPlace(found.Role?.Account.Key, found.Role?.Account) : Answer(found, RoleVerdict.Go);
        }

        await AwaitSessionsAsync(role.Oid, cancellationToken).ConfigureAwait(false);
        return Answer(found, RoleVerdict.Go);
    }

    /// <summary>Ends what is still open and waits in the server, which knows when a session is gone.</summary>
    async Task AwaitSessionsAsync(uint oid, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (await _database.ChangeAsync(RoleSql.EndSessions, [(long)oid, (long)LongestWaitForOneSession], cancellationToken).ConfigureAwait(false) is > 0 and var open)
        {
            if (_time.GetElapsedTime(started) > _options.CommandTimeout)
            {
                throw new ConnectorException(_options.Id, FailureKind.Transient, FormattableString.Invariant($"{open} sessions of the role were still open."));
            }
        }
    }
}
