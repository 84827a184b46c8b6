using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Demo.World;

/// <summary>Roles that are none of the mesh's, one of them with an open session, and how they looked when they were planted.</summary>
sealed class PostgreSqlStrangers : IAsyncDisposable
{
    const string Password = "a-strangers-own";

    /// <summary>Everything about the roles not ours that a careless hand could change, the groups themselves included; members of groups are compared elsewhere.</summary>
    const string Look = """
        SELECT coalesce(string_agg(concat_ws('|', r.rolname, r.rolcanlogin, r.rolsuper, r.rolvaliduntil, r.rolpassword, shobj_description(r.oid, 'pg_authid'),
          (SELECT string_agg(g.rolname, ',' ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid)), E'\n' ORDER BY r.rolname), '')
        FROM pg_authid r WHERE NOT coalesce(starts_with(shobj_description(r.oid, 'pg_authid'), 'serverlesssync:'), false) AND NOT starts_with(r.rolname, 'pg_')
        """;

    readonly PostgreSqlServer _server;
    UserSession? _session;

    PostgreSqlStrangers(PostgreSqlServer server) => _server = server;

    /// <summary>How they looked, a line each.</summary>
    public string Before { get; private set; } = "";

    /// <summary>How many roles there are that are none of the mesh's.</summary>
    public int Count => Before.Split('\n').Length;

    public static async Task<PostgreSqlStrangers> PlantAsync(PostgreSqlServer server, string sharedRole, CancellationToken cancellationToken)
    {
        var strangers = new PostgreSqlStrangers(server);
        await server.ExecuteAsync(
            $"""
            CREATE ROLE visitors NOLOGIN;
            CREATE ROLE night_batch LOGIN PASSWORD '{Password}';
            COMMENT ON ROLE night_batch IS 'owned by the data team';
            GRANT visitors TO night_batch;
            GRANT "{sharedRole}" TO night_batch;
            """,
            cancellationToken);
        strangers._session = await UserSession.OpenAsync(server, "night_batch", Password, cancellationToken);
        strangers.Before = await strangers.LookAsync(cancellationToken);
        return strangers;
    }

    public async Task<string> LookAsync(CancellationToken cancellationToken) => (string)(await _server.ExecuteAsync(Look, cancellationToken))!;

    /// <summary>Whether the stranger's session goes on.</summary>
    public Task<bool> IsSignedInAsync(CancellationToken cancellationToken) => _session!.IsAliveAsync(cancellationToken);

    public ValueTask DisposeAsync() => _session?.DisposeAsync() ?? ValueTask.CompletedTask;
}
