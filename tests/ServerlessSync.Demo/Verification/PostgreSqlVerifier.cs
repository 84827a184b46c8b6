using ServerlessSync.Demo.World;

namespace ServerlessSync.Demo.Verification;

/// <summary>Reads the PostgreSQL target by SQL and compares all of it with what must be true.</summary>
/// <param name="world">The world.</param>
/// <param name="people">What must be true.</param>
/// <param name="sessions">Leavers who were signed in before they left.</param>
sealed class PostgreSqlVerifier(SampleWorld world, People people, IReadOnlyList<UserSession> sessions)
{
    const string MarkPrefix = "serverlesssync:";

    public async Task<Findings> CompareAsync(Registry registry, CancellationToken cancellationToken)
    {
        var roles = await PostgreSqlRoles.ReadAsync(world.PostgreSql, cancellationToken);
        var findings = new Findings(world.PostgreSqlTarget);
        var recorded = new RecordedAccounts(world.PostgreSqlTarget, registry, findings);
        foreach (var person in people.All)
        {
            var role = roles.GetValueOrDefault(person.LocalPart);
            findings.Equal("accounts", $"{person.LocalPart} roles", "1", role is null ? "0" : "1");
            var held = role?.Roles ?? new HashSet<string>(StringComparer.Ordinal);
            recorded.Compare(person, role?.Name, role?.CanLogIn == true, held);
            findings.SameSet("memberships", $"{person.LocalPart} memberships", people.RightsOn(world.PostgreSqlTarget, person), held);
            if (role is not null)
            {
                CompareRole(person, role, registry, findings);
            }
        }

        findings.Equal("lists", "roles with a mark", Text(people.All.Count), Text(roles.Values.Count(r => r.Comment?.StartsWith(MarkPrefix, StringComparison.Ordinal) == true)));
        findings.Equal("lists", "all roles", Text(people.All.Count + world.PostgreSqlStrangers.Count), Text(roles.Count));
        await CompareSessionsAsync(findings, cancellationToken);
        await CompareStrangersAsync(findings, cancellationToken);
        return findings;
    }

    static void CompareRole(Person person, PostgreSqlRole role, Registry registry, Findings findings)
    {
        findings.Equal("marks", $"{role.Name} comment", MarkPrefix + registry.Of(person)?.Id, role.Comment);
        findings.Check("sign-ins", $"{role.Name} login", role.CanLogIn != person.HasLeft, () => role.CanLogIn ? "is LOGIN and has left" : "is NOLOGIN");
        findings.Check("sign-ins", $"{role.Name} superuser", !role.IsSuperuser, () => "is a superuser");
        findings.Check(
            "expiries",
            $"{role.Name} valid until",
            person.HasLeft ? role.ValidUntil == "-infinity" : role.ValidUntil is null or "infinity",
            () => $"is {role.ValidUntil ?? "never"}");
        if (person.HasLeft)
        {
            findings.Equal("sessions", $"{role.Name} sessions", "0", Text((int)role.Sessions));
        }
    }

    async Task CompareSessionsAsync(Findings findings, CancellationToken cancellationToken)
    {
        foreach (var session in sessions)
        {
            var alive = await session.IsAliveAsync(cancellationToken);
            findings.Check("sessions", $"{session.Role} open session", !alive, () => "still answers");
            var again = await session.CanSignInAgainAsync(cancellationToken);
            findings.Check("sessions", $"{session.Role} sign-in", !again, () => "is still possible with the old password");
        }
    }

    async Task CompareStrangersAsync(Findings findings, CancellationToken cancellationToken)
    {
        var now = await world.PostgreSqlStrangers.LookAsync(cancellationToken);
        findings.SameSet("strangers", "roles that are not ours", Lines(world.PostgreSqlStrangers.Before), Lines(now));
        var signedIn = await world.PostgreSqlStrangers.IsSignedInAsync(cancellationToken);
        findings.Check("strangers", "the stranger's session", signedIn, () => "was ended");
    }

    static HashSet<string> Lines(string text) => text.Split('\n').ToHashSet(StringComparer.Ordinal);

    static string Text(int number) => FormattableString.Invariant($"{number}");
}
