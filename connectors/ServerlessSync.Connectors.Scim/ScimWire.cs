using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessSync.Connectors.Http;

namespace ServerlessSync.Connectors.Scim;

/// <summary>The calls of SCIM that the connector makes.</summary>
sealed class ScimWire(JsonHttpClient http, string connectorId, int pageSize)
{
    /// <summary>One resource by its id, or null.</summary>
    public async Task<JsonElement?> GetAsync(string kind, string id, string query, CancellationToken cancellationToken)
    {
        // An empty id would address the whole collection.
        if (id.Length == 0)
        {
            return null;
        }

        var request = new JsonHttpRequest(HttpMethod.Get, Resource(kind, id) + query) { Expected = [HttpStatusCode.NotFound] };
        var answer = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return answer.Body;
    }

    /// <summary>One page of a list.</summary>
    public async Task<ScimList> ListAsync(string kind, string? filter, string query, int startIndex, CancellationToken cancellationToken)
    {
        var path = $"{kind}?startIndex={startIndex}&count={pageSize}{query}"
            + (filter is null ? "" : "&filter=" + Uri.EscapeDataString(filter));
        var answer = await http.SendAsync(new JsonHttpRequest(HttpMethod.Get, path), cancellationToken).ConfigureAwait(false);
        if (answer.Body is not { } list
            || list.Member("totalResults") is not { ValueKind: JsonValueKind.Number } number
            || !number.TryGetInt32(out var total))
        {
            throw new ConnectorException(connectorId, FailureKind.Rejected, $"{connectorId} gave a list without totalResults");
        }

        if (list.Member("startIndex") is { ValueKind: JsonValueKind.Number } start && start.GetDouble() != startIndex)
        {
            // A service that does not page would give the same resources again and again and never the rest.
            throw new ConnectorException(
                connectorId, FailureKind.Rejected, $"{connectorId} gave a page that does not begin at the startIndex asked for");
        }

        IReadOnlyList<JsonElement> items = [.. list.Member("Resources")?.Items() ?? []];
        if (items.Count == 0 && startIndex <= total)
        {
            throw new ConnectorException(
                connectorId, FailureKind.Transient, $"{connectorId} gave an empty page at {startIndex} of {total}");
        }

        var next = startIndex + items.Count;
        return new ScimList(items, next <= total ? next : null);
    }

    /// <summary>All pages of a list.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAllAsync(string kind, string filter, string query, CancellationToken cancellationToken)
    {
        var all = new List<JsonElement>();
        for (int? start = 1; start is { } index;)
        {
            var page = await ListAsync(kind, filter, query, index, cancellationToken).ConfigureAwait(false);
            all.AddRange(page.Items);
            start = page.NextIndex;
        }

        return all;
    }

    /// <summary>Creates a user; null when its name is taken.</summary>
    public async Task<JsonElement?> CreateUserAsync(JsonObject user, CancellationToken cancellationToken)
    {
        var request = new JsonHttpRequest(HttpMethod.Post, "Users") { Body = user, Expected = [HttpStatusCode.Conflict] };
        var answer = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.Conflict)
        {
            return null;
        }

        return answer.Body ?? throw new ConnectorException(
            connectorId, FailureKind.OutcomeUnknown, $"{connectorId} answered a create without the user it made");
    }

    /// <summary>Changes a resource; the status is a success, 404, or 409 for a value that is taken.</summary>
    public async Task<HttpStatusCode> PatchAsync(string kind, string id, JsonArray operations, CancellationToken cancellationToken)
    {
        var request = new JsonHttpRequest(HttpMethod.Patch, Resource(kind, id))
        {
            Body = ScimUsers.Patch(operations),
            Expected = [HttpStatusCode.NotFound, HttpStatusCode.Conflict],
            WantsBody = false,
        };
        return (await http.SendAsync(request, cancellationToken).ConfigureAwait(false)).Status;
    }

    /// <summary>Deletes a user; false when there was none.</summary>
    public async Task<bool> DeleteUserAsync(string id, CancellationToken cancellationToken)
    {
        var request = new JsonHttpRequest(HttpMethod.Delete, Resource("Users", id)) { Expected = [HttpStatusCode.NotFound], WantsBody = false };
        return (await http.SendAsync(request, cancellationToken).ConfigureAwait(false)).Status != HttpStatusCode.NotFound;
    }

    static string Resource(string kind, string id) => $"{kind}/{Uri.EscapeDataString(id)}";
}

/// <summary>One page of a list, and where the next begins.</summary>
sealed record ScimList(IReadOnlyList<JsonElement> Items, int? NextIndex);
