using System.Globalization;
using System.Text.Json;

namespace ServerlessSync.Connectors.Scim;

/// <summary>How far changes were followed.</summary>
/// <param name="Since">Changes from this time on, by the service's clock.</param>
/// <param name="Newest">The newest change seen.</param>
/// <param name="Page">The token of the list at this place, or null at its beginning.</param>
/// <param name="Latest">
/// The latest time from which the next list may begin: what changes while this one is read may be passed over by it. Null at its beginning.
/// </param>
sealed record ChangesPlace(DateTimeOffset Since, DateTimeOffset Newest, string? Page, DateTimeOffset? Latest = null);

/// <summary>Follows changes by the time of the last modification.</summary>
sealed class ScimChanges(ScimPager pager, ScimFeatures features, ScimUsers users, ScimOptions options, TimeProvider timeProvider)
{
    const string NotHonoured = "the service does not honour a filter on meta.lastModified";

    /// <summary>Reads one page.</summary>
    public async Task<ChangePage> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        if (!await features.FiltersAsync(cancellationToken).ConfigureAwait(false))
        {
            return ChangePage.Everything("the service has no filters");
        }

        if (cursor is null)
        {
            return ChangePage.Changed([], ScimToken.Write(Begin(timeProvider.GetUtcNow() - options.ClockSkew)), more: false);
        }

        return ScimToken.Read<ChangesPlace>(cursor) is { } place
            ? await ReadAsync(place, cancellationToken).ConfigureAwait(false)
            : ChangePage.Everything("the cursor is not one of this connector's");
    }

    async Task<ChangePage> ReadAsync(ChangesPlace place, CancellationToken cancellationToken)
    {
        var latest = place.Page is null ? timeProvider.GetUtcNow() - options.ClockSkew : place.Latest ?? place.Since;

        // From that very time on: a second change within the clock's step would be missed by "gt".
        var since = place.Since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        Page<JsonElement> page;
        try
        {
            page = await pager.ReadAsync(new ScimQuery("Users", $"meta.lastModified ge \"{since}\"", ""), place.Page, cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectorException e) when (e.Kind is FailureKind.Rejected)
        {
            return ChangePage.Everything(NotHonoured);
        }
        catch (ConnectorException e) when (e.Kind is FailureKind.Incomplete)
        {
            return ChangePage.Everything("the changes moved while they were read");
        }

        var times = page.Items.Select(Modified).ToList();
        if (times.Exists(time => time is null || time < Milliseconds(place.Since)))
        {
            return ChangePage.Everything(NotHonoured);
        }

        var newest = times.Append(place.Newest).Max() ?? place.Newest;
        var next = page.NextToken is null ? Begin(newest < latest ? newest : latest) : place with { Newest = newest, Page = page.NextToken, Latest = latest };
        return ChangePage.Changed([.. page.Items.Select(users.Account)], ScimToken.Write(next), more: page.NextToken is not null);
    }

    static ChangesPlace Begin(DateTimeOffset since) => new(since, since, null);

    static DateTimeOffset Milliseconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMillisecond));

    static DateTimeOffset? Modified(JsonElement user) =>
        DateTimeOffset.TryParse(user.Member("meta")?.MemberText("lastModified"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
