using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Authority;

/// <summary>Who is somebody's manager in effect: the one the record names, or the nearest above who has not left.</summary>
public sealed class ManagerResolution(MeshStores stores)
{
    const int MostHops = 32;

    /// <summary>The anchor a record names as manager, in the source that decides it; null when it names none.</summary>
    public static Anchor? NamedBy(IdentityRecord record) =>
        record.Attributes.TryGetValue(AttributeNames.Manager, out var value) && value.State == AttributeState.Accepted
            ? new Anchor(value.Source, value.Value)
            : null;

    /// <summary>The manager in effect, or null: none is named, none is known yet, all have left, or they manage each other in a circle.</summary>
    public async Task<IdentityRecord?> InEffectAsync(IdentityRecord record, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string> { record.Id };
        var at = record;
        for (var hop = 0; hop < MostHops && NamedBy(at) is { } named; hop++)
        {
            var claim = await stores.Claims.FindAsync(ClaimKind.Anchor, named.ToString(), cancellationToken);
            if (claim is null || !seen.Add(claim.IdentityId)
                || await stores.Registry.FindAsync(claim.IdentityId, cancellationToken) is not { } manager
                || !manager.Anchors.Contains(named))
            {
                return null;
            }

            if (manager.Status != IdentityStatus.Terminated)
            {
                return manager;
            }

            at = manager;
        }

        return null;
    }

    /// <summary>Account key of the manager in effect, by target; absent where that account is not there yet.</summary>
    public async Task<IReadOnlyDictionary<string, string>> AccountKeysAsync(IdentityRecord record, CancellationToken cancellationToken)
    {
        if (await InEffectAsync(record, cancellationToken) is not { } manager
            || await stores.Registry.ViewAsync(manager.Id, cancellationToken) is not { } view)
        {
            return new Dictionary<string, string>();
        }

        return view.Accounts.Values
            .Where(a => a.Status != AccountStatus.Deleted)
            .ToDictionary(a => a.Target, a => a.Key);
    }
}
