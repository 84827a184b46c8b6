using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessSync.Connectors.Http;

namespace ServerlessSync.Connectors.Scim;

/// <summary>The calls of SCIM that the connector makes.</summary>
sealed class ScimWire(JsonHttpClient http, string connectorId, int pageSize)
{
    /// <summary>How many resources are asked for at once.</summary>
    public int PageSize => pageSize;

    /// <summary>One resource by its id, or null.</summary>
    public Task<JsonElement?> GetAsync(string kind, string id, string query, CancellationToken cancellationToken) =>
        // An empty id would address the whole collection.
        id.Length == 0 ? Task.FromResult<JsonElement?>(null) : GetAsync(Resource(kind, id) + query, largest: null, cancellationToken);

    /// <summary>A group with all its members, which may be many, or null.</summary>
    public Task<JsonElement?> GetGroupAsync(string id, int largest, CancellationToken cancellationToken) =>
        GetAsync(Resource("Groups", id), largest, cancellationToken);

    /// <summary>What the service says of itself, or null when it says nothing.</summary>
    public Task<JsonElement?> GetServiceProviderConfigAsync(CancellationToken cancellationToken) =>
        GetAsync("ServiceProviderConfig", largest: null, cancellationToken);

    /// <summary>One page of a list by a cursor (RFC 9865); an empty cursor begins.</summary>
    public async Task<ScimCursorList> ListByCursorAsync(ScimQuery query, string cursor, CancellationToken cancellationToken)
    {
        var path = $"{query.Kind}?cursor={Uri.EscapeDataString(cursor)}&count={pageSize}{query.Text}";
        var answer = await http.SendAsync(new JsonHttpRequest(HttpMethod.Get, path), cancellationToken).ConfigureAwait(false);
        return answer.Body is { ValueKind: JsonValueKind.Object } list
            ? new ScimCursorList(Resources(list), list.MemberText("nextCursor") is { Length: > 0 } next ? next : null, Total(list))
            : throw new ConnectorException(connectorId, FailureKind.Rejected, $"{connectorId} gave no list");
    }

    /// <summary>One page of a list.</summary>
    public Task<ScimList> ListAsync(string kind, string? filter, string query, int startIndex, CancellationToken cancellationToken) =>
        ListAsync(new ScimQuery(kind, filter, query), startIndex, pageSize, cancellationToken);

    /// <summary>So many resources of a list.</summary>
    public async Task<ScimList> ListAsync(ScimQuery query, int startIndex, int count, CancellationToken cancellationToken)
    {
        var path = $"{query.Kind}?startIndex={startIndex}&count={count}{query.Text}";
        var answer = await http.SendAsync(new JsonHttpRequest(HttpMethod.Get, path), cancellationToken).ConfigureAwait(false);
        if (answer.Body is not { } list || Total(list) is not { } total)
        {
            throw new ConnectorException(connectorId, FailureKind.Rejected, $"{connectorId} gave a list without totalResults");
        }

        var items = Resources(list);
        if (items.Count > 0 && list.Member("startIndex") is { ValueKind: JsonValueKind.Number } start && start.GetDouble() != startIndex)
        {
            // A service that does not page would give the same resources again and again and never the rest.
            throw new ConnectorException(
                connectorId, FailureKind.Rejected, $"{connectorId} gave a page that does not begin at the startIndex asked for");
        }

        if (items.Count == 0 && startIndex <= total)
        {
            throw new ConnectorException(
                connectorId, FailureKind.Incomplete, $"{connectorId} gave an empty page at {startIndex} of {total}");
        }

        var next = startIndex + items.Count;
        return new ScimList(items, next <= total ? next : null, total);
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

    async Task<JsonElement?> GetAsync(string path, int? largest, CancellationToken cancellationToken)
    {
        var request = new JsonHttpRequest(HttpMethod.Get, path) { Expected = [HttpStatusCode.NotFound], LargestAnswer = largest };
        return (await http.SendAsync(request, cancellationToken).ConfigureAwait(false)).Body;
    }

    static int? Total(JsonElement list) =>
        list.Member("totalResults") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var total) ? total : null;

    static IReadOnlyList<JsonElement> Resources(JsonElement list) => [.. list.Member("Resources")?.Items() ?? []];

    static string Resource(string kind, string id) => $"{kind}/{Uri.EscapeDataString(id)}";
}

/// <summary>What is listed.</summary>
/// <param name="Kind">Users or Groups.</param>
/// <param name="Filter">Which of them, or null for all.</param>
/// <param name="Parameters">Further parameters, each with its ampersand.</param>
sealed record ScimQuery(string Kind, string? Filter, string Parameters)
{
    /// <summary>The parameters with the filter.</summary>
    public string Text => Parameters + (Filter is null ? "" : "&filter=" + Uri.EscapeDataString(Filter));
}

/// <summary>One page of a list, where the next begins, and how many resources the service counts in all.</summary>
sealed record ScimList(IReadOnlyList<JsonElement> Items, int? NextIndex, int Total);

/// <summary>One page of a list by a cursor: the next cursor, and how many resources the service counts in all, where it does.</summary>
sealed record ScimCursorList(IReadOnlyList<JsonElement> Items, string? NextCursor, int? Total);
