namespace ServerlessSync.Connectors.PostgreSql;

/// <summary>Every statement that takes parameters. None has anything written into it at run time.</summary>
static class RoleSql
{
    /// <summary>What a role's comment begins with when the role is ours.</summary>
    public const string MarkPrefix = "serverlesssync:";

    /// <summary>Raised by <see cref="Guard"/> when the write must not go on.</summary>
    public const string StoppedState = "SYNC0";

    // Not a join: a planner without statistics would compare every role with every comment, and this is always a look into the index.
    const string Comment = "(SELECT d.description FROM pg_shdescription d WHERE d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass)";

    const string Utc = """to_char(r.rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""";

    /// <summary>Columns of a role, in the order <see cref="RoleRow"/> reads them.</summary>
    const string Columns = $"""
        r.oid, r.rolname::text, r.rolcanlogin, {Comment},
        CASE WHEN isfinite(r.rolvaliduntil) THEN {Utc} ELSE r.rolvaliduntil::text END
        """;

    const string Held = """
        EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid AND g.rolname = $4)
        """;

    /// <summary>$1 name.</summary>
    public const string ByName = $"SELECT {Columns} FROM pg_roles r WHERE r.rolname = $1";

    /// <summary>$1 comment. A comment copied by hand may stand on several roles. No catalog has an index of comments: all are looked through, once.</summary>
    public const string ByComment = $"""
        SELECT {Columns} FROM pg_shdescription d JOIN pg_roles r ON r.oid = d.objoid
        WHERE d.classoid = 'pg_authid'::regclass AND d.description = $1
        """;

    /// <summary>A role that counts as an account: it can log in, or is ours.</summary>
    const string IsAccount = $"(r.rolcanlogin OR starts_with({Comment}, '{MarkPrefix}'))";

    /// <summary>$1 last name of the page before, $2 rows. Walks the index of names, so that a page costs the same wherever it lies.</summary>
    public const string PageOf = $"""
        SELECT {Columns} FROM pg_roles r
        WHERE {IsAccount} AND r.rolname > $1 COLLATE "C"
        ORDER BY r.rolname COLLATE "C" LIMIT $2
        """;

    /// <summary>$1 name. Direct memberships only: what is inherited is not this role's own.</summary>
    public const string Grants = """
        SELECT DISTINCT g.rolname::text FROM pg_auth_members m
        JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member
        WHERE r.rolname = $1
        """;

    /// <summary>
    /// $1 and $2 the oids of the last member and role of the page before, $3 rows. Walks the index of pg_auth_members by member. Several grantors
    /// of one membership are one grant.
    /// </summary>
    public const string GrantPageOf = $"""
        SELECT m.member, m.roleid, r.rolname::text, g.rolname::text
        FROM (SELECT DISTINCT member, roleid FROM pg_auth_members WHERE (member, roleid) > ($1::oid, $2::oid) ORDER BY member, roleid) m
        JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
        WHERE {IsAccount}
        ORDER BY m.member, m.roleid LIMIT $3
        """;

    /// <summary>
    /// $1 last name of the page before, $2 rows. The verifier of a password stays in the server: the fingerprint is of its salt, which is public
    /// and drawn anew for each password. An md5 verifier has no such part.
    /// </summary>
    public const string PasswordPageOf = $"""
        SELECT r.rolname::text,
          CASE WHEN starts_with(r.rolpassword, 'SCRAM-SHA-256$')
               THEN 'scram-sha-256:' || left(encode(sha256(convert_to(split_part(r.rolpassword, '$', 2), 'UTF8')), 'hex'), 32) END,
          CASE WHEN r.rolvaliduntil = '-infinity' THEN '-infinity'
               WHEN isfinite(r.rolvaliduntil) THEN {Utc} END
        FROM pg_authid r
        WHERE {IsAccount} AND r.rolpassword IS NOT NULL AND r.rolname > $1 COLLATE "C"
        ORDER BY r.rolname COLLATE "C" LIMIT $2
        """;

    /// <summary>$1 name.</summary>
    public const string CountSessions = "SELECT count(*)::int FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid WHERE r.rolname = $1";

    /// <summary>$1 the role's oid, $2 longest wait for each in milliseconds. Answers how many there were.</summary>
    public const string EndSessions = "SELECT count(pg_terminate_backend(a.pid, $2))::int FROM pg_stat_activity a WHERE a.usesysid = $1::oid";

    /// <summary>Signals the sessions of the role the guard has passed, all at once, and waits for none. Answers how many there were.</summary>
    public const string SignalSessions = """
        SELECT count(pg_terminate_backend(a.pid))::int FROM pg_stat_activity a WHERE a.usesysid = current_setting('serverlesssync.oid')::oid
        """;

    /// <summary>
    /// $1 name, $2 comment of the mark. Held to the end of the transaction; catalogs of roles cannot be locked by row. The mark is locked
    /// too, so that two creates of one mark under two names do not pass each other.
    /// </summary>
    public const string Lock = "SELECT pg_advisory_xact_lock(1397966915, hashtext($1)), pg_advisory_xact_lock(1397966916, hashtext($2))";

    /// <summary>Fails when the verdict of the statement before it forbids the write, so that what follows is never run.</summary>
    public const string Guard = $"""
        DO $$ BEGIN
          IF current_setting('serverlesssync.proceed') <> 'true' THEN
            RAISE EXCEPTION 'serverlesssync leaves this role as it is' USING ERRCODE = '{StoppedState}';
          END IF;
        END $$
        """;

    // A role lets its holder become another; a superuser's rights are never given out.
    const string NeverGranted = "EXISTS (SELECT FROM pg_roles g WHERE g.rolname = $4 AND g.rolsuper)";
    const string NoExpiry = "coalesce(r.rolvaliduntil = 'infinity', true)";
    const string Expiring = "isfinite(r.rolvaliduntil)";

    const string Marked = """
        FROM pg_roles m JOIN pg_shdescription k ON k.objoid = m.oid AND k.classoid = 'pg_authid'::regclass WHERE k.description = $2
        """;

    /// <summary>The verdict of a create: neither the name nor the mark may be there. The role that carries the mark comes before the one of the name.</summary>
    public static readonly string CreateVerdict = Verdict(
        "true",
        ambiguous: $"(SELECT count(*) {Marked}) > 1",
        role: $"r.oid = coalesce((SELECT min(m.oid) {Marked}), (SELECT n.oid FROM pg_roles n WHERE n.rolname = $1))");

    /// <summary>The verdict of a disable. An expiry someone set counts as well as ours.</summary>
    public static readonly string DisableVerdict = Verdict($"NOT r.rolcanlogin AND NOT {NoExpiry}", expiring: Expiring);

    /// <summary>The verdict of an enable.</summary>
    public static readonly string EnableVerdict = Verdict("r.rolcanlogin AND r.rolvaliduntil IS DISTINCT FROM '-infinity'", expiring: Expiring);

    /// <summary>The verdict of a delete, and of ending sessions.</summary>
    public static readonly string PresentVerdict = Verdict("false");

    /// <summary>The verdict of a grant.</summary>
    public static readonly string GrantVerdict = Verdict(Held, forbidden: NeverGranted, usesGrant: true);

    /// <summary>The verdict of a revocation.</summary>
    public static readonly string RevokeVerdict = Verdict($"NOT {Held}", usesGrant: true);

    // $1 name, $2 comment of the mark, $3 the verdict that lets the write go on, $4 the role granted.
    static string Verdict(string inPlace, string forbidden = "false", string expiring = "false", bool usesGrant = false, string ambiguous = "false", string role = "r.rolname = $1") => $"""
        SELECT {Columns}, v.verdict, {(usesGrant ? Held : "NULL::bool")},
          set_config('serverlesssync.proceed', (v.verdict = $3)::text, true),
          set_config('serverlesssync.oid', coalesce(r.oid, 0)::text, true)
        FROM (SELECT) one
        LEFT JOIN pg_roles r ON {role}
        CROSS JOIN LATERAL (SELECT CASE
          WHEN {ambiguous} THEN '{RoleVerdict.Ambiguous}'
          WHEN r.oid IS NULL THEN '{RoleVerdict.Absent}'
          WHEN {Comment} IS DISTINCT FROM $2 THEN '{RoleVerdict.Foreign}'
          WHEN r.rolsuper THEN '{RoleVerdict.Superuser}'
          WHEN {forbidden} THEN '{RoleVerdict.Forbidden}'
          WHEN {inPlace} THEN '{RoleVerdict.InPlace}'
          WHEN {expiring} THEN '{RoleVerdict.Expiring}'
          ELSE '{RoleVerdict.Go}' END AS verdict) v
        """;
}

/// <summary>What a write finds before it begins.</summary>
static class RoleVerdict
{
    public const string Ambiguous = "ambiguous";
    public const string Absent = "absent";
    public const string Foreign = "foreign";
    public const string Superuser = "superuser";
    public const string Forbidden = "forbidden";
    public const string InPlace = "in place";
    public const string Expiring = "expiring";
    public const string Go = "go";
}
