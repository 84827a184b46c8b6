using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessSync.TestKit.Servers;

/// <summary>Changes users over HTTP as somebody else would, without any code of the product.</summary>
public sealed class ScimDrift(ScimServer server) : IDisposable
{
    const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    readonly HttpClient _client = server.NativeClient();

    /// <summary>Takes sign-in away.</summary>
    public Task DisableAsync(string userName, CancellationToken cancellationToken) => ChangeAsync(userName, "replace", "active", false, cancellationToken);

    /// <summary>Gives sign-in back.</summary>
    public Task EnableAsync(string userName, CancellationToken cancellationToken) => ChangeAsync(userName, "replace", "active", true, cancellationToken);

    /// <summary>Removes the user.</summary>
    public async Task DeleteAsync(string userName, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Delete, $"Users/{await FindUserAsync(userName, cancellationToken)}", null, cancellationToken);

    /// <summary>Changes displayName, title, department or userName.</summary>
    public Task SetAttributeAsync(string userName, string attribute, string value, CancellationToken cancellationToken) =>
        ChangeAsync(userName, "replace", attribute == "department" ? $"{Enterprise}:department" : attribute, value, cancellationToken);

    /// <summary>Takes the mark off.</summary>
    public Task RemoveMarkAsync(string userName, CancellationToken cancellationToken) => ChangeAsync(userName, "remove", "externalId", null, cancellationToken);

    /// <summary>Puts the user into a group.</summary>
    public async Task AddRightAsync(string userName, string group, CancellationToken cancellationToken)
    {
        var member = new JsonArray(new JsonObject { ["value"] = await FindUserAsync(userName, cancellationToken) });
        await PatchAsync($"Groups/{await FindAsync("Groups", "displayName", group, cancellationToken)}", "add", "members", member, cancellationToken);
    }

    /// <summary>Takes the user out of a group.</summary>
    public async Task RemoveRightAsync(string userName, string group, CancellationToken cancellationToken)
    {
        var path = $"members[value eq \"{await FindUserAsync(userName, cancellationToken)}\"]";
        await PatchAsync($"Groups/{await FindAsync("Groups", "displayName", group, cancellationToken)}", "remove", path, null, cancellationToken);
    }

    /// <summary>Makes a user that carries no mark, and answers its id.</summary>
    public Task<string> AddForeignAsync(string userName, CancellationToken cancellationToken) => AddAsync(userName, null, cancellationToken);

    /// <summary>Makes a user that carries the mark of an identity, and answers its id.</summary>
    public Task<string> AddMarkedAsync(string userName, string mark, CancellationToken cancellationToken) => AddAsync(userName, mark, cancellationToken);

    /// <summary>Makes a group.</summary>
    public async Task AddGroupAsync(string displayName, CancellationToken cancellationToken) => await SendAsync(
        HttpMethod.Post,
        "Groups",
        new JsonObject { ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:Group"), ["displayName"] = displayName },
        cancellationToken);

    /// <summary>Removes a group.</summary>
    public async Task DeleteGroupAsync(string displayName, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Delete, $"Groups/{await FindAsync("Groups", "displayName", displayName, cancellationToken)}", null, cancellationToken);

    public void Dispose() => _client.Dispose();

    async Task<string> AddAsync(string userName, string? mark, CancellationToken cancellationToken)
    {
        var user = new JsonObject { ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:User"), ["userName"] = userName };
        if (mark is not null)
        {
            user["externalId"] = mark;
        }

        return (await SendAsync(HttpMethod.Post, "Users", user, cancellationToken)).GetProperty("id").GetString()!;
    }

    async Task ChangeAsync(string userName, string op, string path, JsonNode? value, CancellationToken cancellationToken) =>
        await PatchAsync($"Users/{await FindUserAsync(userName, cancellationToken)}", op, path, value, cancellationToken);

    async Task PatchAsync(string address, string op, string path, JsonNode? value, CancellationToken cancellationToken)
    {
        var operation = new JsonObject { ["op"] = op, ["path"] = path };
        if (value is not null)
        {
            operation["value"] = value;
        }

        var body = new JsonObject { ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:PatchOp"), ["Operations"] = new JsonArray(operation) };
        await SendAsync(HttpMethod.Patch, address, body, cancellationToken);
    }

    Task<string> FindUserAsync(string userName, CancellationToken cancellationToken) => FindAsync("Users", "userName", userName, cancellationToken);

    async Task<string> FindAsync(string kind, string attribute, string value, CancellationToken cancellationToken)
    {
        var filter = Uri.EscapeDataString($"{attribute} eq \"{value}\"");
        var found = await SendAsync(HttpMethod.Get, $"{kind}?excludedAttributes=members&filter={filter}", null, cancellationToken);
        return found.GetProperty("Resources").EnumerateArray().Single().GetProperty("id").GetString()!;
    }

    async Task<JsonElement> SendAsync(HttpMethod method, string address, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/scim+json"));
        }

        using var response = await _client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return !response.IsSuccessStatusCode
            ? throw new InvalidOperationException($"{method} {address}: {(int)response.StatusCode} {text}")
            : text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}
