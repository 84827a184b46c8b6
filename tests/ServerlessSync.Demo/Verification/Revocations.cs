using System.Text.RegularExpressions;
using ServerlessSync.Demo.Hr;
using ServerlessSync.Demo.World;

namespace ServerlessSync.Demo.Verification;

/// <summary>For every leaver the time from sending the event to the end of sign-in and to the last revocation, by the targets' own logs.</summary>
sealed partial class Revocations
{
    static readonly string[] ScimRevocations = ["user-deactivated", "member-removed"];

    /// <summary>Until sign-in was ended everywhere.</summary>
    public Durations SignInEnded { get; } = new();

    /// <summary>Until the last right was taken.</summary>
    public Durations LastRevoked { get; } = new();

    /// <summary>The leavers for whom a target's log shows no end of sign-in.</summary>
    public List<string> Missing { get; } = [];

    /// <summary>Reads the logs of both targets.</summary>
    public static Revocations Read(SampleWorld world, HrScript script, HrSender sender)
    {
        var scim = world.Scim.ReadEffects().Where(e => ScimRevocations.Contains(e.Effect))
            .ToLookup(e => e.UserName ?? "", e => (e.Time, EndsSignIn: e.Effect == "user-deactivated"), StringComparer.OrdinalIgnoreCase);
        var sql = world.PostgreSql.ReadTimedDdl().Select(s => (s.Time, Match: Taken().Match(s.Text))).Where(s => s.Match.Success)
            .ToLookup(s => s.Match.Groups["role"].Value, s => (s.Time, EndsSignIn: s.Match.Groups["nologin"].Success), StringComparer.Ordinal);
        var revocations = new Revocations();
        foreach (var leaver in script.Leavers)
        {
            var local = leaver.Employee.EmailLocalPart.ToLowerInvariant();
            var sent = sender.SentAt(leaver);
            var onScim = revocations.Take(world.ScimTarget, local, scim[local + "@example.com"].Where(r => r.Time >= sent));
            var onPostgreSql = revocations.Take(world.PostgreSqlTarget, local, sql[local].Where(r => r.Time >= sent));
            if (onScim is { } one && onPostgreSql is { } other)
            {
                revocations.SignInEnded.Add(Later(one.SignIn, other.SignIn) - sent);
                revocations.LastRevoked.Add(Later(one.Last, other.Last) - sent);
            }
        }

        return revocations;
    }

    static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    (DateTimeOffset SignIn, DateTimeOffset Last)? Take(string target, string who, IEnumerable<(DateTimeOffset Time, bool EndsSignIn)> revoked)
    {
        var all = revoked.ToList();
        if (all.Exists(r => r.EndsSignIn))
        {
            return (all.First(r => r.EndsSignIn).Time, all.Max(r => r.Time));
        }

        Missing.Add($"{target}: {who}: its log shows no end of sign-in after the event was sent");
        return null;
    }

    [GeneratedRegex("""^(ALTER ROLE "(?<role>[^"]+)" (?<nologin>NOLOGIN)|REVOKE "[^"]+" FROM "(?<role>[^"]+)")""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Taken();
}
