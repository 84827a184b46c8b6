using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessSync.Demo.World;

/// <summary>A user and a group of the SCIM service that are none of the mesh's, and how they looked when they were planted.</summary>
sealed class ScimStrangers : IAsyncDisposable
{
    const string UserSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
    const string GroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";
    const string PatchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    readonly HttpClient _client;
    readonly Dictionary<string, string> _before = new(StringComparer.Ordinal);

    ScimStrangers(HttpClient client) => _client = client;

    /// <summary>The stranger's id.</summary>
    public string UserId { get; private set; } = "";

    /// <summary>The group of the mesh's that the stranger is in as well.</summary>
    public string SharedGroup { get; private set; } = "";

    /// <summary>The strangers' own group.</summary>
    public string OwnGroup => "Visitors";

    /// <summary>How many objects there are.</summary>
    public int Count => _before.Count;

    public static async Task<ScimStrangers> PlantAsync(HttpClient client, string sharedGroup, CancellationToken cancellationToken)
    {
        var strangers = new ScimStrangers(client) { SharedGroup = sharedGroup };
        strangers.UserId = await strangers.WriteAsync(
            HttpMethod.Post, "Users", new JsonObject { ["schemas"] = new JsonArray(UserSchema), ["userName"] = "visitor@partner.example", ["displayName"] = "A Visitor" }, cancellationToken);
        JsonArray members = [new JsonObject { ["value"] = strangers.UserId }];
        var group = await strangers.WriteAsync(
            HttpMethod.Post, "Groups", new JsonObject { ["schemas"] = new JsonArray(GroupSchema), ["displayName"] = strangers.OwnGroup, ["members"] = members.DeepClone() }, cancellationToken);
        using var found = JsonDocument.Parse(await client.GetStringAsync(new Uri($"Groups?filter={Uri.EscapeDataString($"displayName eq \"{sharedGroup}\"")}", UriKind.Relative), cancellationToken));
        var shared = found.RootElement.GetProperty("Resources")[0].GetProperty("id").GetString()!;
        await strangers.WriteAsync(
            HttpMethod.Patch,
            $"Groups/{shared}",
            new JsonObject { ["schemas"] = new JsonArray(PatchSchema), ["Operations"] = new JsonArray(new JsonObject { ["op"] = "add", ["path"] = "members", ["value"] = members }) },
            cancellationToken);
        foreach (var path in new[] { $"Users/{strangers.UserId}", $"Groups/{group}" })
        {
            strangers._before[path] = await client.GetStringAsync(new Uri(path, UriKind.Relative), cancellationToken);
        }

        return strangers;
    }

    /// <summary>Each object with how it looked and how it looks, both as the service words it.</summary>
    public async Task<IReadOnlyList<(string Object, string Before, string Now)>> CompareAsync(CancellationToken cancellationToken)
    {
        var compared = new List<(string, string, string)>();
        foreach (var (path, before) in _before)
        {
            using var response = await _client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
            compared.Add((path, before, await response.Content.ReadAsStringAsync(cancellationToken)));
        }

        return compared;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    async Task<string> WriteAsync(HttpMethod method, string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/scim+json");
        using var response = await _client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return text.Length == 0 ? "" : (string?)JsonNode.Parse(text)!["id"] ?? "";
    }
}
