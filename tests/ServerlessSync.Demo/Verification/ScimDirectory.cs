using System.Text.Json;

namespace ServerlessSync.Demo.Verification;

/// <summary>Everything the SCIM service holds, read by GET alone.</summary>
/// <param name="Users">Every user.</param>
/// <param name="Groups">The members' ids of every group, by displayName.</param>
sealed record ScimDirectory(IReadOnlyList<ScimUser> Users, ILookup<string, IReadOnlySet<string>> Groups)
{
    const int PageSize = 100;

    public static async Task<ScimDirectory> ReadAsync(HttpClient client, CancellationToken cancellationToken)
    {
        var users = await ReadAllAsync(client, "Users", cancellationToken);
        var groups = await ReadAllAsync(client, "Groups", cancellationToken);
        return new ScimDirectory([.. users.Select(ScimUser.Read)], groups.ToLookup(g => g.GetProperty("displayName").GetString()!, Members, StringComparer.Ordinal));
    }

    /// <summary>The names of the groups a user is in.</summary>
    public IReadOnlySet<string> GroupsOf(string userId) =>
        Groups.Where(g => g.Any(members => members.Contains(userId))).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);

    static IReadOnlySet<string> Members(JsonElement group) => group.TryGetProperty("members", out var members)
        ? members.EnumerateArray().Select(m => m.GetProperty("value").GetString()!).ToHashSet(StringComparer.Ordinal)
        : new HashSet<string>(StringComparer.Ordinal);

    static async Task<IReadOnlyList<JsonElement>> ReadAllAsync(HttpClient client, string list, CancellationToken cancellationToken)
    {
        var all = new List<JsonElement>();
        int total;
        do
        {
            using var page = JsonDocument.Parse(await client.GetStringAsync(
                new Uri(FormattableString.Invariant($"{list}?startIndex={all.Count + 1}&count={PageSize}"), UriKind.Relative), cancellationToken));
            total = page.RootElement.GetProperty("totalResults").GetInt32();
            var read = all.Count;
            all.AddRange(page.RootElement.GetProperty("Resources").EnumerateArray().Select(r => r.Clone()));
            if (all.Count == read)
            {
                break;
            }
        }
        while (all.Count < total);
        return all;
    }
}
