using Npgsql;

namespace ServerlessSync.TestKit.Servers;

/// <summary>Puts many roles into a cluster at once.</summary>
public static class PostgreSqlSeed
{
    const string Script = """
        DO $$
        DECLARE a record; g record;
        BEGIN
          FOR a IN SELECT * FROM seed ORDER BY name LOOP
            EXECUTE format('CREATE ROLE %I %s', a.name, CASE WHEN a.active THEN 'LOGIN' ELSE 'NOLOGIN VALID UNTIL ''-infinity''' END);
            IF a.mark IS NOT NULL THEN
              EXECUTE format('COMMENT ON ROLE %I IS %L', a.name, 'serverlesssync:' || a.mark);
            END IF;
          END LOOP;
          FOR g IN SELECT role, string_agg(format('%I', name), ',') AS members FROM seed_rights GROUP BY role LOOP
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = g.role) THEN
              EXECUTE format('CREATE ROLE %I NOLOGIN', g.role);
            END IF;
            EXECUTE format('GRANT %I TO %s', g.role, g.members);
          END LOOP;
        END $$
        """;

    /// <summary>Makes the roles with their marks and memberships in one transaction; roles to be granted are made where they are missing.</summary>
    public static async Task SeedAsync(this PostgreSqlServer server, IReadOnlyList<SeedAccount> accounts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(server);
        var rights = accounts.SelectMany(a => a.Rights.Select(right => (a.UserName, Right: right))).ToList();
        await using var connection = await server.OpenAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("CREATE TEMP TABLE seed (name text, mark text, active bool)"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("CREATE TEMP TABLE seed_rights (name text, role text)"));
        batch.BatchCommands.Add(Insert(
            "INSERT INTO seed SELECT * FROM unnest($1::text[], $2::text[], $3::bool[])",
            accounts.Select(a => a.UserName).ToArray(), accounts.Select(a => a.Mark).ToArray(), accounts.Select(a => a.Active).ToArray()));
        batch.BatchCommands.Add(Insert(
            "INSERT INTO seed_rights SELECT * FROM unnest($1::text[], $2::text[])",
            rights.Select(r => r.UserName).ToArray(), rights.Select(r => r.Right).ToArray()));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Script));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    static NpgsqlBatchCommand Insert(string sql, params object[] columns)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var column in columns)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = column });
        }

        return command;
    }
}
