using System.Collections.Concurrent;
using System.Text.Json;

namespace ServerlessSync.Connectors.Scim;

/// <summary>A group of the service.</summary>
sealed record ScimGroup(string Id, string Name);

/// <summary>Finds groups by name and by member.</summary>
sealed class ScimGroups(ScimWire wire, ScimOptions options, TimeProvider timeProvider)
{
    /// <summary>Lists groups without their members, which may be many.</summary>
    public const string WithoutMembers = "&excludedAttributes=members";
    const string NobodysId = "00000000-0000-0000-0000-00000000dead";

    readonly ConcurrentDictionary<string, (string Id, long ReadAt)> _ids = new(StringComparer.Ordinal);
    volatile MemberFilter _memberFilter = MemberFilter.Untried;

    enum MemberFilter
    {
        Untried,
        Works,
        Missing,
    }

    /// <summary>The id of the one group with this name, or null when there is none.</summary>
    public async Task<string?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (_ids.TryGetValue(name, out var known) && timeProvider.GetElapsedTime(known.ReadAt) < options.GroupAge)
        {
            return known.Id;
        }

        var readAt = timeProvider.GetTimestamp();
        var found = await wire.ListAllAsync("Groups", ScimFilter.Equal("displayName", name), WithoutMembers, cancellationToken).ConfigureAwait(false);
        // The service may compare without regard to case; a right is given to the very group that was named or not at all.
        var ids = found.Where(group => group.MemberText("displayName") == name).Select(Id).ToList();
        if (ids.Count > 1)
        {
            throw Failure(FailureKind.Rejected, $"{ids.Count} groups are named {name}");
        }

        if (ids.Count == 0)
        {
            return null;
        }

        _ids[name] = (ids[0], readAt);
        return ids[0];
    }

    /// <summary>Forgets the id of a group.</summary>
    public void Forget(string name) => _ids.TryRemove(name, out _);

    /// <summary>The groups the user is a member of itself; none when there is no such user.</summary>
    public async Task<IReadOnlyList<ScimGroup>> OfUserAsync(string userKey, CancellationToken cancellationToken)
    {
        if (_memberFilter == MemberFilter.Untried)
        {
            _memberFilter = await TryMemberFilterAsync(cancellationToken).ConfigureAwait(false);
        }

        return _memberFilter == MemberFilter.Works
            ? [.. (await WithMemberAsync(userKey, cancellationToken).ConfigureAwait(false)).Select(Group)]
            : await OnUserAsync(userKey, cancellationToken).ConfigureAwait(false);
    }

    // A service that ignores the filter would make a user seem a member of every group.
    async Task<MemberFilter> TryMemberFilterAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await WithMemberAsync(NobodysId, cancellationToken).ConfigureAwait(false);
            return found.Count == 0 ? MemberFilter.Works : MemberFilter.Missing;
        }
        catch (ConnectorException e) when (e.Kind == FailureKind.Rejected)
        {
            return MemberFilter.Missing;
        }
    }

    Task<IReadOnlyList<JsonElement>> WithMemberAsync(string userKey, CancellationToken cancellationToken) =>
        wire.ListAllAsync("Groups", ScimFilter.Equal("members.value", userKey), WithoutMembers, cancellationToken);

    async Task<IReadOnlyList<ScimGroup>> OnUserAsync(string userKey, CancellationToken cancellationToken)
    {
        var user = await wire.GetAsync("Users", userKey, "", cancellationToken).ConfigureAwait(false);
        var groups = new List<ScimGroup>();
        foreach (var entry in user?.Member("groups")?.Items() ?? [])
        {
            // Membership that comes from another group is not the user's own and cannot be taken away here.
            if (entry.MemberText("value") is not { } id || entry.MemberText("type") == "indirect")
            {
                continue;
            }

            if (entry.MemberText("display") is { } name)
            {
                groups.Add(new ScimGroup(id, name));
            }
            else if (await wire.GetAsync("Groups", id, "?excludedAttributes=members", cancellationToken).ConfigureAwait(false) is { } group)
            {
                groups.Add(Group(group));
            }
        }

        return groups;
    }

    /// <summary>The group as the service names it.</summary>
    public ScimGroup Group(JsonElement group) => new(
        Id(group), group.MemberText("displayName") ?? throw Failure(FailureKind.Rejected, "a group has no displayName"));

    string Id(JsonElement group) => group.MemberText("id") ?? throw Failure(FailureKind.Rejected, "a group has no id");

    ConnectorException Failure(FailureKind kind, string message) => new(options.Id, kind, $"{options.Id}: {message}");
}
