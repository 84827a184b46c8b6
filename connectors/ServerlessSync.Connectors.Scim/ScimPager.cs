using System.Text.Json;

namespace ServerlessSync.Connectors.Scim;

/// <summary>
/// Reads a list page by page so that nothing that stays is missed. By index (RFC 7644 section 3.4.2.4) a page begins with the last
/// resources of the page before: they show whether the list moved, and where to go on. By cursor (RFC 9865) the service sees to that.
/// </summary>
/// <remarks>
/// Relies on the order of resources that nobody touches being the same from page to page, as every service keeps it for its own
/// users' sake. A list that moved though its number stayed, moved further than a page, or lost all the resources that mark the place,
/// is not read on.
/// </remarks>
sealed class ScimPager(ScimWire wire, ScimFeatures features, string connectorId)
{
    /// <summary>How many resources mark the place: one may be deleted without losing it.</summary>
    const int LongestTail = 3;

    /// <summary>Reads one page.</summary>
    /// <param name="query">What is listed.</param>
    /// <param name="token">The token of the page before, or null for the first page.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async Task<Page<JsonElement>> ReadAsync(ScimQuery query, string? token, CancellationToken cancellationToken)
    {
        if (token is null)
        {
            return await features.HasCursorAsync(cancellationToken).ConfigureAwait(false)
                ? await ReadByCursorAsync(query, "", cancellationToken).ConfigureAwait(false)
                : await ReadByIndexAsync(query, new ScimPlace(1, 0, []), cancellationToken).ConfigureAwait(false);
        }

        return ScimToken.Read<ScimPlace>(token) switch
        {
            { Cursor: { } cursor } => await ReadByCursorAsync(query, cursor, cancellationToken).ConfigureAwait(false),
            { Next: > 1, Tail: not null } place => await ReadByIndexAsync(query, place, cancellationToken).ConfigureAwait(false),
            _ => throw Failure(FailureKind.Rejected, "the continuation token is not one of this connector's"),
        };
    }

    async Task<Page<JsonElement>> ReadByCursorAsync(ScimQuery query, string cursor, CancellationToken cancellationToken)
    {
        ScimCursorList list;
        try
        {
            list = await wire.ListByCursorAsync(query, cursor, cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectorException e) when (cursor.Length > 0 && e.Kind is FailureKind.Rejected or FailureKind.NotFound)
        {
            throw Failure(FailureKind.Incomplete, "the service no longer knows its cursor", e);
        }

        if (list.NextCursor == cursor)
        {
            throw Failure(FailureKind.Incomplete, "the service gave the same cursor again");
        }

        if (list is { Items.Count: 0, NextCursor: null, Total: > 0 } && cursor.Length == 0)
        {
            throw Failure(FailureKind.Incomplete, $"the service gave nothing of {list.Total}");
        }

        return new Page<JsonElement>(list.Items, list.NextCursor is { } next ? ScimToken.Write(new ScimPlace(0, 0, [], next)) : null);
    }

    async Task<Page<JsonElement>> ReadByIndexAsync(ScimQuery query, ScimPlace place, CancellationToken cancellationToken)
    {
        var start = place.Next - place.Tail.Count;
        var list = await wire.ListAsync(query, start, wire.PageSize, cancellationToken).ConfigureAwait(false);
        var known = EndOfTail(list, place);
        if (known < 0)
        {
            // Resources before the place were removed: it lies as much nearer to the beginning, and some room is left for others that were added.
            start = Math.Max(1, start - Math.Max(0, place.Total - list.Total) - Math.Max(place.Tail.Count, list.Items.Count / 2));
            list = await wire.ListAsync(query, start, wire.PageSize, cancellationToken).ConfigureAwait(false);
            known = EndOfTail(list, place);
        }

        if (known < 0)
        {
            throw Failure(FailureKind.Incomplete, $"{query.Kind} changed while they were read, and the place at {place.Next} of {place.Total} is lost");
        }

        if (start + known != place.Next && list.Total == place.Total)
        {
            // One that was not read yet may have moved to where reading has been, as in a list with the newest change first.
            throw Failure(FailureKind.Incomplete, $"{query.Kind} changed their order while they were read");
        }

        IReadOnlyList<JsonElement> items = [.. list.Items.Skip(known)];
        if (list.NextIndex is not null && items.Count == 0)
        {
            // A service that does not page comes here too, since it gives the same resources again and again.
            throw Failure(FailureKind.Incomplete, $"the service gives nothing after {place.Next - 1} of {list.Total}");
        }

        var ended = list.NextIndex is null && await EndsAsync(query, list, start, cancellationToken).ConfigureAwait(false);
        return new Page<JsonElement>(items, ended ? null : ScimToken.Write(Place(list, start)));
    }

    /// <summary>How many resources of the page were read before, or -1 when the page does not show where the place is.</summary>
    static int EndOfTail(ScimList list, ScimPlace place)
    {
        if (place.Tail.Count == 0)
        {
            // A service that gives one resource at a time leaves no room for a mark, so its count must stand still.
            return place.Next == 1 || list.Total == place.Total ? 0 : -1;
        }

        for (var i = list.Items.Count - 1; i >= 0; i--)
        {
            if (place.Tail.Contains(Id(list.Items[i]), StringComparer.Ordinal))
            {
                return i + 1;
            }
        }

        return -1;
    }

    /// <summary>True when nothing follows the page; false when the list has grown meanwhile.</summary>
    async Task<bool> EndsAsync(ScimQuery query, ScimList list, int start, CancellationToken cancellationToken)
    {
        if (list.Items.Count == 0)
        {
            return true;
        }

        // The count alone is no proof: there are services that count the resources of the page.
        var next = start + list.Items.Count;
        ScimList beyond;
        try
        {
            beyond = await wire.ListAsync(query, next, 1, cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectorException e) when (e.Kind is FailureKind.Rejected or FailureKind.NotFound)
        {
            // It refuses to begin behind the end, or to begin anywhere but at the first.
            return true;
        }

        var read = list.Items.Select(Id).ToHashSet(StringComparer.Ordinal);
        if (beyond.Items.All(item => read.Contains(Id(item))))
        {
            return true;
        }

        return beyond.Total < next ? throw Failure(FailureKind.Incomplete, $"the service counts {beyond.Total} {query.Kind} and has more") : false;
    }

    static ScimPlace Place(ScimList list, int start)
    {
        // The tail is at most half of what the service gives at once, so that each page has something new.
        var tail = list.Items.Skip(list.Items.Count - Math.Min(LongestTail, list.Items.Count / 2));
        return new ScimPlace(start + list.Items.Count, list.Total, [.. tail.Select(Id)]);
    }

    static string Id(JsonElement resource) => resource.MemberText("id") ?? "";

    ConnectorException Failure(FailureKind kind, string message, Exception? cause = null) =>
        new(connectorId, kind, $"{connectorId}: {message}", retryAfter: null, cause);
}
