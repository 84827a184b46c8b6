using System.Text.Json;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>Reads how the targets stand, by SQL and plain GET, without any code of the product.</summary>
static class NativeState
{
    /// <summary>Accounts that carry the mesh's mark, and the rights they hold, a line each.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(KillWorld world, CancellationToken cancellationToken) =>
        [.. await ReadSaasAsync(world.Saas, cancellationToken), .. await ReadWarehouseAsync(world.Warehouse, cancellationToken)];

    /// <summary>How they must stand by the oracle.</summary>
    public static IEnumerable<string> Expect(ExpectedWorld expected)
    {
        foreach (var (who, person) in expected.People)
        {
            var state = person.Active ? "active" : "disabled";
            yield return $"warehouse {who.Local} {state}";
            if (!expected.IsForeign(who))
            {
                yield return $"saas {who.UserName} {state}";
            }

            foreach (var held in ExpectedWorld.Entitlements.Where(e => person.Held.Contains(e.Name)))
            {
                yield return $"saas {who.UserName} in {held.Group}";
                if (held.Role is not null)
                {
                    yield return $"warehouse {who.Local} in {held.Role}";
                }
            }
        }
    }

    static async Task<List<string>> ReadSaasAsync(ScimServer server, CancellationToken cancellationToken)
    {
        using var client = server.NativeClient();
        var lines = new List<string>();
        var names = new Dictionary<string, string>();
        foreach (var user in (await ListAsync(client, "Users", cancellationToken)).Where(u => u.TryGetProperty("externalId", out var _)))
        {
            var name = user.GetProperty("userName").GetString()!;
            names.Add(user.GetProperty("id").GetString()!, name);
            lines.Add($"saas {name} {(user.GetProperty("active").GetBoolean() ? "active" : "disabled")}");
        }

        foreach (var group in await ListAsync(client, "Groups", cancellationToken))
        {
            var members = group.TryGetProperty("members", out var found) ? found.EnumerateArray().ToList() : [];
            lines.AddRange(members.Select(m => $"saas {names[m.GetProperty("value").GetString()!]} in {group.GetProperty("displayName").GetString()}"));
        }

        return lines;
    }

    static async Task<IReadOnlyList<JsonElement>> ListAsync(HttpClient client, string kind, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri($"{kind}?startIndex=1&count=200", UriKind.Relative), cancellationToken));
        var root = document.RootElement.Clone();
        root.GetProperty("totalResults").GetInt32().ShouldBeLessThanOrEqualTo(200);
        return [.. root.GetProperty("Resources").EnumerateArray()];
    }

    static async Task<List<string>> ReadWarehouseAsync(PostgreSqlServer server, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT concat_ws(' ', 'warehouse', r.rolname, CASE WHEN r.rolcanlogin THEN 'active' ELSE 'disabled' END)
            FROM pg_roles r JOIN pg_shdescription d ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass
            WHERE d.description LIKE 'serverlesssync:%'
            UNION ALL
            SELECT concat_ws(' ', 'warehouse', m.rolname, 'in', g.rolname)
            FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid
            WHERE m.rolname NOT LIKE 'pg\_%'
            """;
        await using var connection = await server.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var lines = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }
}
