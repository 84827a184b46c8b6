namespace ServerlessSync.Connectors.PostgreSql;

public sealed partial class PostgreSqlConnector
{
    const string GrantPrefix = "role:";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ReadGrantsAsync(string accountKey, CancellationToken cancellationToken)
    {
        if (RoleName.SpellingProblem(accountKey) is not null)
        {
            return [];
        }

        var grants = await _database.ReadAsync(RoleSql.Grants, static r => GrantPrefix + r.GetString(0), [accountKey], cancellationToken).ConfigureAwait(false);
        grants.Sort(StringComparer.Ordinal);
        return grants;
    }

    /// <inheritdoc/>
    /// <remarks>Membership in a superuser or in one of the server's own <c>pg_</c> roles is never given; it can be taken away.</remarks>
    public async Task<WriteResult> GrantAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken)
    {
        if ((Problem(account.Key, account.OwnerMark) ?? GrantProblem(grant, RoleName.Problem)) is { } problem)
        {
            return WriteResult.Refused(problem);
        }

        var group = grant[GrantPrefix.Length..];
        var found = await ChangeMembershipAsync(account, group, RoleSql.GrantVerdict, $"GRANT {RoleName.Identifier(group)} TO {RoleName.Identifier(account.Key)}", cancellationToken)
            .ConfigureAwait(false);
        return found.Verdict == RoleVerdict.Absent ? throw NoSuchRole() : Answer(found, RoleVerdict.Go);
    }

    /// <inheritdoc/>
    public async Task<WriteResult> RevokeAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken)
    {
        if ((Problem(account.Key, account.OwnerMark) ?? GrantProblem(grant, RoleName.SpellingProblem)) is { } problem)
        {
            return WriteResult.Refused(problem);
        }

        var group = grant[GrantPrefix.Length..];
        var found = await ChangeMembershipAsync(account, group, RoleSql.RevokeVerdict, $"REVOKE {RoleName.Identifier(group)} FROM {RoleName.Identifier(account.Key)}", cancellationToken)
            .ConfigureAwait(false);
        return Answer(found, RoleVerdict.Go);
    }

    static string? GrantProblem(string grant, Func<string, string?> nameProblem) =>
        grant.StartsWith(GrantPrefix, StringComparison.Ordinal)
            ? nameProblem(grant[GrantPrefix.Length..])
            : "This target knows grants of the kind role alone.";

    Task<GuardedAnswer> ChangeMembershipAsync(AccountReference account, string group, string verdict, string statement, CancellationToken cancellationToken) =>
        _database.WriteAsync(new GuardedWrite(account.Key, account.OwnerMark, verdict, RoleVerdict.Go, [statement]) { Grant = group }, cancellationToken);
}
