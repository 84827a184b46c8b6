using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ServerlessSync.TestKit.Servers;

/// <summary>An account that is at a target before the test begins.</summary>
/// <param name="Mark">The owner mark it carries, or null for a foreign one.</param>
/// <param name="UserName">Its name; for PostgreSQL the role's.</param>
public sealed record SeedAccount(string? Mark, string UserName)
{
    const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    /// <summary>Whether it can sign in.</summary>
    public bool Active { get; init; } = true;

    /// <summary>displayName, title and department; a PostgreSQL role has none.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of the groups or roles it is in, without <c>group:</c> or <c>role:</c>.</summary>
    public IReadOnlyList<string> Rights { get; init; } = [];

    /// <summary>The id a SCIM server gives it; made of the name, so it is the same in each run.</summary>
    public string Id => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(UserName)).AsSpan(0, 16)).ToString();

    /// <summary>So many accounts with marks, each in the first group, every third in the second, and so on.</summary>
    public static IReadOnlyList<SeedAccount> Many(int count, params string[] groups) =>
    [
        .. Enumerable.Range(1, count).Select(n => new SeedAccount(FormattableString.Invariant($"id-{n:D5}"), FormattableString.Invariant($"person{n:D5}"))
        {
            Attributes = new Dictionary<string, string> { ["displayName"] = FormattableString.Invariant($"Person {n}"), ["department"] = n % 2 == 0 ? "IT" : "Finance" },
            Rights = [.. groups.Where((_, g) => n % ((2 * g) + 1) == 0)],
        }),
    ];

    /// <summary>The user as a line of JSON for the SCIM server of infra/local.</summary>
    internal string ScimUser()
    {
        var user = new JsonObject { ["id"] = Id, ["userName"] = UserName, ["active"] = Active, ["groups"] = new JsonArray([.. Rights.Select(r => JsonValue.Create(r))]) };
        if (Mark is not null)
        {
            user["externalId"] = Mark;
        }

        foreach (var (name, value) in Attributes)
        {
            if (name == "department")
            {
                user[Enterprise] = new JsonObject { [name] = value };
            }
            else
            {
                user[name] = value;
            }
        }

        return user.ToJsonString();
    }
}
