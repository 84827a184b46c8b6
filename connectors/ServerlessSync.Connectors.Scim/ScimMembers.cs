using System.Text.Json;

namespace ServerlessSync.Connectors.Scim;

/// <summary>How far the members of all groups were read.</summary>
/// <param name="List">The token of the list of groups at this place, or null for its first page.</param>
/// <param name="Group">The group that comes next on that page, or null for its first.</param>
/// <param name="Member">The last member of that group read, or null when none was.</param>
/// <param name="Shown">Whether any group showed a list of members so far.</param>
/// <param name="Groups">Whether there was any group so far.</param>
sealed record MembersPlace(string? List, string? Group, string? Member, bool Shown, bool Groups);

/// <summary>Reads the members of all groups, a few groups or a part of a large one at a time.</summary>
sealed class ScimMembers(ScimWire wire, ScimPager pager, ScimGroups groups, ScimOptions options)
{
    const int MostGroups = 10;
    const int MostGrants = 5_000;

    static readonly ScimQuery AllGroups = new("Groups", null, ScimGroups.WithoutMembers);

    /// <summary>Reads one page of grants.</summary>
    public async Task<Page<TargetGrant>> ReadAsync(string? token, CancellationToken cancellationToken)
    {
        var place = token is null
            ? new MembersPlace(null, null, null, Shown: false, Groups: false)
            : ScimToken.Read<MembersPlace>(token) ?? throw Failure(FailureKind.Rejected, "the continuation token is not one of this connector's");
        var list = await pager.ReadAsync(AllGroups, place.List, cancellationToken).ConfigureAwait(false);
        var ahead = Ahead([.. list.Items.Select(groups.Group)], place);
        place = place with { Groups = place.Groups || ahead.Count > 0 };
        var grants = new List<TargetGrant>();
        foreach (var group in ahead.Take(MostGroups))
        {
            var members = await MembersAsync(group, cancellationToken).ConfigureAwait(false);
            place = place with { Shown = place.Shown || members is not null };
            var left = (members ?? []).SkipWhile(m => group.Id == place.Group && string.CompareOrdinal(m, place.Member) <= 0).ToList();
            var taken = left.Take(MostGrants - grants.Count).ToList();
            grants.AddRange(taken.Select(m => new TargetGrant(m, ScimConnector.GroupGrant + group.Name)));
            if (taken.Count < left.Count)
            {
                return Next(grants, place with { Group = group.Id, Member = taken.Count > 0 ? taken[^1] : group.Id == place.Group ? place.Member : null });
            }
        }

        if (ahead.Count > MostGroups)
        {
            return Next(grants, place with { Group = ahead[MostGroups].Id, Member = null });
        }

        return list.NextToken is { } next
            ? Next(grants, place with { List = next, Group = null, Member = null })
            : Last(grants, place);
    }

    static Page<TargetGrant> Next(List<TargetGrant> grants, MembersPlace place) => new(grants, ScimToken.Write(place));

    Page<TargetGrant> Last(List<TargetGrant> grants, MembersPlace place) => place is { Groups: true, Shown: false }
        ? throw Failure(FailureKind.Incomplete, "the service shows the members of no group")
        : new(grants, null);

    List<ScimGroup> Ahead(List<ScimGroup> page, MembersPlace place)
    {
        if (place.Group is null)
        {
            return page;
        }

        var at = page.FindIndex(group => group.Id == place.Group);
        return at >= 0 ? page[at..] : throw Failure(FailureKind.Incomplete, "the groups changed while they were read");
    }

    /// <summary>The users in the group in ordinal order; null when the service shows no list of them.</summary>
    async Task<IReadOnlyList<string>?> MembersAsync(ScimGroup group, CancellationToken cancellationToken)
    {
        var found = await wire.GetGroupAsync(group.Id, options.LargestGroup, cancellationToken).ConfigureAwait(false);
        if (found is not { } shown)
        {
            // Deleted since it was listed: nobody has it any more.
            return [];
        }

        if (shown.Member("members") is not { ValueKind: JsonValueKind.Array } members)
        {
            return null;
        }

        return members.GetArrayLength() >= options.MostMembers
            ? throw Failure(FailureKind.Incomplete, $"the members of the group {group.Name} may be cut at {options.MostMembers}")
            : [.. members.EnumerateArray().Where(IsUser).Select(m => Value(m, group)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    static bool IsUser(JsonElement member) =>
        !string.Equals(member.MemberText("type"), "Group", StringComparison.OrdinalIgnoreCase)
        && member.MemberText("$ref")?.Contains("/Groups/", StringComparison.OrdinalIgnoreCase) != true;

    string Value(JsonElement member, ScimGroup group) =>
        member.MemberText("value") is { Length: > 0 } value ? value : throw Failure(FailureKind.Rejected, $"a member of the group {group.Name} has no value");

    ConnectorException Failure(FailureKind kind, string message) => new(options.Id, kind, $"{options.Id}: {message}");
}
