using System.Net;
using System.Text.Json.Nodes;

namespace ServerlessSync.Connectors.Scim;

public sealed partial class ScimConnector
{
    internal const string GroupGrant = "group:";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ReadGrantsAsync(string accountKey, CancellationToken cancellationToken)
    {
        var groups = await _groups.OfUserAsync(accountKey, cancellationToken).ConfigureAwait(false);
        return [.. groups.Select(group => GroupGrant + group.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    /// <remarks>
    /// From the members of each group. Groups within groups give nobody anything here. Fails as <see cref="FailureKind.Incomplete"/> when no
    /// group shows any list of members, or one shows <see cref="ScimOptions.MostMembers"/>.
    /// </remarks>
    public Task<Page<TargetGrant>> ReadGrantPageAsync(string? continuationToken, CancellationToken cancellationToken) =>
        _members.ReadAsync(continuationToken, cancellationToken);

    /// <inheritdoc/>
    public async Task<WriteResult> GrantAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var name = GroupOf(grant) ?? throw Failure(FailureKind.Rejected, $"{grant} is no grant of this service");
        var before = await FindByKeyAsync(account.Key, cancellationToken).ConfigureAwait(false)
            ?? throw Failure(FailureKind.NotFound, "the account to grant to does not exist");
        if (!Owns(before, account.OwnerMark))
        {
            return Foreign;
        }

        var held = await _groups.OfUserAsync(before.Key, cancellationToken).ConfigureAwait(false);
        if (held.Any(group => group.Name == name))
        {
            return WriteResult.AlreadyInPlace(before.Key, before, heldBefore: true);
        }

        await AddAsync(name, before.Key, cancellationToken).ConfigureAwait(false);
        return WriteResult.Applied(before.Key, before, heldBefore: false);
    }

    /// <inheritdoc/>
    public async Task<WriteResult> RevokeAsync(AccountReference account, string grant, WriteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (GroupOf(grant) is not { } name
            || await FindByKeyAsync(account.Key, cancellationToken).ConfigureAwait(false) is not { } before)
        {
            return WriteResult.AlreadyInPlace(account.Key, heldBefore: false);
        }

        if (!Owns(before, account.OwnerMark))
        {
            return Foreign;
        }

        var changed = false;
        var held = await _groups.OfUserAsync(before.Key, cancellationToken).ConfigureAwait(false);
        foreach (var group in held.Where(group => group.Name == name))
        {
            changed |= await RemoveAsync(group, before.Key, cancellationToken).ConfigureAwait(false);
        }

        return changed
            ? WriteResult.Applied(before.Key, before, heldBefore: true)
            : WriteResult.AlreadyInPlace(before.Key, before, heldBefore: false);
    }

    static string? GroupOf(string grant) =>
        grant.StartsWith(GroupGrant, StringComparison.Ordinal) && grant.Length > GroupGrant.Length ? grant[GroupGrant.Length..] : null;

    async Task AddAsync(string groupName, string userKey, CancellationToken cancellationToken)
    {
        // Twice at most: the id of a group that was deleted and made anew is forgotten on the first 404.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var id = await _groups.FindAsync(groupName, cancellationToken).ConfigureAwait(false)
                ?? throw Failure(FailureKind.Rejected, $"there is no group {groupName}");
            JsonArray add =
            [
                new JsonObject { ["op"] = "add", ["path"] = "members", ["value"] = new JsonArray(new JsonObject { ["value"] = userKey }) },
            ];
            var status = await _wire.PatchAsync("Groups", id, add, cancellationToken).ConfigureAwait(false);
            if (status == HttpStatusCode.Conflict)
            {
                throw Failure(FailureKind.Conflict, $"the group {groupName} changed meanwhile");
            }

            if (status != HttpStatusCode.NotFound)
            {
                return;
            }

            _groups.Forget(groupName);
        }

        throw Failure(FailureKind.Conflict, $"the group {groupName} is found by its name and not by its id");
    }

    /// <summary>True when the membership ended by this call, false when the group is gone.</summary>
    async Task<bool> RemoveAsync(ScimGroup group, string userKey, CancellationToken cancellationToken)
    {
        JsonArray remove = [new JsonObject { ["op"] = "remove", ["path"] = $"members[{ScimFilter.Equal("value", userKey)}]" }];
        var status = await _wire.PatchAsync("Groups", group.Id, remove, cancellationToken).ConfigureAwait(false);
        return status switch
        {
            HttpStatusCode.NotFound => false,
            HttpStatusCode.Conflict => throw Failure(FailureKind.Conflict, $"the group {group.Name} changed meanwhile"),
            _ => true,
        };
    }
}
