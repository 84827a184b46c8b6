using Npgsql;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Demo.Verification;

/// <summary>A role as the catalogs hold it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="CanLogIn">Whether it may sign in.</param>
/// <param name="IsSuperuser">Whether nothing is forbidden to it.</param>
/// <param name="ValidUntil">Until when its passwords hold, in the server's words.</param>
/// <param name="Comment">Its comment.</param>
/// <param name="Roles">The roles granted to it directly.</param>
/// <param name="Sessions">How many sessions it has open.</param>
sealed record PostgreSqlRole(string Name, bool CanLogIn, bool IsSuperuser, string? ValidUntil, string? Comment, IReadOnlySet<string> Roles, long Sessions);

/// <summary>Reads every role of the PostgreSQL target by SQL.</summary>
static class PostgreSqlRoles
{
    const string Sql = """
        SELECT r.rolname::text, r.rolcanlogin, r.rolsuper, r.rolvaliduntil::text, shobj_description(r.oid, 'pg_authid'),
          ARRAY(SELECT DISTINCT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid),
          (SELECT count(*) FROM pg_stat_activity a WHERE a.usesysid = r.oid)
        FROM pg_roles r WHERE NOT starts_with(r.rolname, 'pg_')
        """;

    public static async Task<IReadOnlyDictionary<string, PostgreSqlRole>> ReadAsync(PostgreSqlServer server, CancellationToken cancellationToken)
    {
        await using var connection = await server.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var roles = new Dictionary<string, PostgreSqlRole>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            var role = new PostgreSqlRole(
                reader.GetString(0),
                reader.GetBoolean(1),
                reader.GetBoolean(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetString(4),
                reader.GetFieldValue<string[]>(5).ToHashSet(StringComparer.Ordinal),
                reader.GetInt64(6));
            roles.Add(role.Name, role);
        }

        return roles;
    }
}
