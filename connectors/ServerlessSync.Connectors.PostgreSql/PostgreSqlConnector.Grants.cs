using System.Globalization;

namespace ServerlessSync.Connectors.PostgreSql;

public sealed partial class PostgreSqlConnector
{
    const string GrantPrefix = "role:";
    const int GrantPageSize = 2_000;

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
    /// <remarks>
    /// In the order of the roles' numbers, which stay when a role is renamed meanwhile. What is granted to a role that is no account, a
    /// group of groups, is left out.
    /// </remarks>
    public async Task<Page<TargetGrant>> ReadGrantPageAsync(string? continuationToken, CancellationToken cancellationToken)
    {
        var (member, role) = GrantPlace(continuationToken);
        var rows = await _database.ReadAsync(
            RoleSql.GrantPageOf,
            static r => (Member: (uint)r.GetValue(0), Role: (uint)r.GetValue(1), Grant: new TargetGrant(r.GetString(2), GrantPrefix + r.GetString(3))),
            [member, role, GrantPageSize + 1],
            cancellationToken).ConfigureAwait(false);
        var page = rows.Take(GrantPageSize).ToList();
        return new Page<TargetGrant>(
            page.ConvertAll(r => r.Grant),
            rows.Count > GrantPageSize ? FormattableString.Invariant($"{page[^1].Member}/{page[^1].Role}") : null);
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

    (long Member, long Role) GrantPlace(string? token)
    {
        var numbers = (token ?? "0/0").Split('/');
        return numbers.Length == 2
            && uint.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out var member)
            && uint.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out var role)
                ? (member, role)
                : throw new ConnectorException(_options.Id, FailureKind.Rejected, "The continuation token is not one of this connector's.");
    }

    static string? GrantProblem(string grant, Func<string, string?> nameProblem) =>
        grant.StartsWith(GrantPrefix, StringComparison.Ordinal)
            ? nameProblem(grant[GrantPrefix.Length..])
            : "This target knows grants of the kind role alone.";

    Task<GuardedAnswer> ChangeMembershipAsync(AccountReference account, string group, string verdict, string statement, CancellationToken cancellationToken) =>
        _database.WriteAsync(new GuardedWrite(account.Key, account.OwnerMark, verdict, RoleVerdict.Go, [statement]) { Grant = group }, cancellationToken);
}
