using System.Globalization;
using System.Text.Json;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Reconciliation.Real;

/// <summary>Lists all a target holds, by SQL and plain GET, without any code of the product: a line for each account, by its name.</summary>
static class NativeListing
{
    const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    const int MostAtOnce = 200;

    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(ScimServer server, CancellationToken cancellationToken)
    {
        using var client = server.NativeClient();
        var groups = (await ReadAllAsync(client, "Groups", cancellationToken))
            .SelectMany(g => (g.TryGetProperty("members", out var members) ? members.EnumerateArray().ToList() : []).Select(m => (User: Text(m, "value"), Group: Text(g, "displayName"))))
            .ToLookup(m => m.User, m => m.Group);
        return (await ReadAllAsync(client, "Users", cancellationToken)).ToDictionary(
            user => Text(user, "userName"),
            user => $"{Text(user, "externalId")} active={user.GetProperty("active")} '{Text(user, "displayName")}' '{Text(user, "title")}' "
                + $"'{(user.TryGetProperty(Enterprise, out var more) ? Text(more, "department") : "")}' [{string.Join(' ', groups[Text(user, "id")].Order(StringComparer.Ordinal))}]");
    }

    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(PostgreSqlServer server, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT r.rolname::text, concat_ws(' ', d.description,
              CASE WHEN r.rolcanlogin AND coalesce(r.rolvaliduntil, 'infinity') = 'infinity' THEN 'active' ELSE 'disabled' END,
              CASE WHEN r.rolpassword IS NOT NULL THEN 'password' END,
              (SELECT string_agg(g.rolname, ' ' ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_authid g ON g.oid = m.roleid WHERE m.member = r.oid))
            FROM pg_authid r LEFT JOIN pg_shdescription d ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass
            """;
        await using var connection = await server.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var lines = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(reader.GetString(0), reader.GetString(1));
        }

        return lines;
    }

    static async Task<List<JsonElement>> ReadAllAsync(HttpClient client, string kind, CancellationToken cancellationToken)
    {
        var all = new List<JsonElement>();
        int total;
        do
        {
            var address = string.Create(CultureInfo.InvariantCulture, $"{kind}?startIndex={all.Count + 1}&count={MostAtOnce}");
            using var page = JsonDocument.Parse(await client.GetStringAsync(new Uri(address, UriKind.Relative), cancellationToken));
            var items = page.RootElement.GetProperty("Resources").EnumerateArray().Select(item => item.Clone()).ToList();
            total = page.RootElement.GetProperty("totalResults").GetInt32();
            (items.Count > 0 || all.Count == total).ShouldBeTrue($"{kind} ended at {all.Count} of {total}");
            all.AddRange(items);
        }
        while (all.Count < total);

        return all;
    }

    static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
