using System.Text.RegularExpressions;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>Reads what happened at the targets out of their own logs, in the words of <see cref="ExpectedWorld"/>.</summary>
static partial class TargetEffects
{
    /// <summary>The effects at the SCIM server; a request that changed nothing is none.</summary>
    public static IEnumerable<string> OfSaas(IEnumerable<ScimEffect> effects) =>
        effects.Where(e => e.Effect != "none").Select(e => e.Effect switch
        {
            "user-created" => $"saas create {e.UserName}",
            "user-updated" => $"saas update {e.UserName}",
            "user-deactivated" => $"saas disable {e.UserName}",
            "user-reactivated" => $"saas enable {e.UserName}",
            "member-added" => $"saas add {e.Group} {e.UserName}",
            "member-removed" => $"saas remove {e.Group} {e.UserName}",
            _ => $"saas unforeseen {e.Effect} {e.UserName} {e.Group}",
        });

    /// <summary>The effects at the PostgreSQL server.</summary>
    public static IEnumerable<string> OfWarehouse(IEnumerable<string> ddl) => ddl.Select(Effect);

    static string Effect(string statement)
    {
        var match = Statement().Match(statement);
        if (!match.Success)
        {
            return $"warehouse unforeseen {statement}";
        }

        var role = match.Groups["role"].Value;
        return match switch
        {
            _ when match.Groups["create"].Success => $"warehouse create {role}",
            _ when match.Groups["mark"].Success => $"warehouse mark {role}",
            _ when match.Groups["disable"].Success => $"warehouse disable {role}",
            _ when match.Groups["enable"].Success => $"warehouse enable {role}",
            _ when match.Groups["grant"].Success => $"warehouse grant {match.Groups["grant"].Value} {role}",
            _ => $"warehouse revoke {match.Groups["revoke"].Value} {role}",
        };
    }

    [GeneratedRegex(
        """
        ^(?:
          (?<create>CREATE\ ROLE)\ "(?<role>[a-z]+)"\ LOGIN
        | (?<mark>COMMENT\ ON\ ROLE)\ "(?<role>[a-z]+)"\ IS\ 'serverlesssync:[0-9a-f]{24}'
        | ALTER\ ROLE\ "(?<role>[a-z]+)"\ (?:(?<disable>NOLOGIN\ VALID\ UNTIL\ '-infinity')|(?<enable>LOGIN\ VALID\ UNTIL\ 'infinity'))
        | GRANT\ "(?<grant>[a-z_]+)"\ TO\ "(?<role>[a-z]+)"
        | REVOKE\ "(?<revoke>[a-z_]+)"\ FROM\ "(?<role>[a-z]+)"
        )$
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Statement();
}
