using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Authority;

/// <summary>Which identity an event is about.</summary>
/// <param name="IdentityId">The identity; null when its anchors belong to several.</param>
/// <param name="Conflict">Which anchors belong to whom, when they belong to several.</param>
public sealed record Correlated(string? IdentityId, string? Conflict);

/// <summary>
/// Finds the identity by its immutable anchors, or claims them all for a new one. Anchors that belong to several identities are a conflict
/// for people to settle: nothing is merged, and nothing is ever matched by e-mail.
/// </summary>
public sealed class Correlation(MeshStores stores)
{
    /// <summary>Others claiming the same anchors at the same time settle in a round or two.</summary>
    const int MostRounds = 10;

    /// <summary>Correlates an event. What it claimed is confirmed by <see cref="ConfirmAsync"/> once the record is written.</summary>
    public async Task<Correlated> FindAsync(ChangeEvent change, CancellationToken cancellationToken)
    {
        var anchors = AnchorsOf(change);
        for (var round = 0; round < MostRounds; round++)
        {
            var owners = new Dictionary<string, Anchor>();
            foreach (var anchor in anchors)
            {
                if (await OwnerAsync(anchor, cancellationToken) is { } owner)
                {
                    owners.TryAdd(owner, anchor);
                }
            }

            if (owners.Count > 1 && !await AllCarryAsync(owners, cancellationToken))
            {
                // Two who met the same new subject at once, or died over it: not two identities yet, and settled when the claims lapse or are given up.
                continue;
            }

            if (owners.Count > 1)
            {
                return new Correlated(null, string.Join(", ", owners.Select(o => $"{o.Value} belongs to {o.Key}")));
            }

            var identityId = owners.Keys.SingleOrDefault() ?? IdentityIds.From(anchors[0]);
            if (await ClaimAllAsync(anchors, identityId, cancellationToken))
            {
                return new Correlated(identityId, null);
            }
        }

        throw new StoreException(StoreFailure.Unavailable, $"The anchors of '{change.Subject}' are being claimed by others.");
    }

    /// <summary>Confirms the claims on an event's anchors.</summary>
    public async Task ConfirmAsync(ChangeEvent change, string identityId, CancellationToken cancellationToken)
    {
        foreach (var anchor in AnchorsOf(change))
        {
            await stores.Claims.ConfirmAsync(ClaimKind.Anchor, anchor.ToString(), identityId, cancellationToken);
        }
    }

    /// <summary>Every anchor an event carries, the source's own first.</summary>
    public static IReadOnlyList<Anchor> AnchorsOf(ChangeEvent change) =>
        [.. change.Anchors.Prepend(new Anchor(change.Source, change.Subject)).Distinct()];

    async Task<string?> OwnerAsync(Anchor anchor, CancellationToken cancellationToken)
    {
        var claim = await stores.Claims.FindAsync(ClaimKind.Anchor, anchor.ToString(), cancellationToken);
        if (claim is null)
        {
            return null;
        }

        // A claim whose owner's record does not carry the anchor counts only while its owner may still be writing the record.
        var fresh = stores.Clock.GetUtcNow() - claim.At < Claims.SettleAfter;
        return fresh || await CarriesAsync(claim.IdentityId, anchor, cancellationToken) ? claim.IdentityId : null;
    }

    async Task<bool> AllCarryAsync(Dictionary<string, Anchor> owners, CancellationToken cancellationToken)
    {
        foreach (var (identityId, anchor) in owners)
        {
            if (!await CarriesAsync(identityId, anchor, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    async Task<bool> ClaimAllAsync(IReadOnlyList<Anchor> anchors, string identityId, CancellationToken cancellationToken)
    {
        foreach (var anchor in anchors)
        {
            var holder = await stores.Claims.ClaimAsync(
                ClaimKind.Anchor, anchor.ToString(), identityId, other => CarriesAsync(other, anchor, cancellationToken), cancellationToken);
            if (holder != identityId)
            {
                await ReleaseNewAsync(anchors, identityId, cancellationToken);
                return false;
            }
        }

        return true;
    }

    async Task ReleaseNewAsync(IReadOnlyList<Anchor> anchors, string identityId, CancellationToken cancellationToken)
    {
        foreach (var anchor in anchors)
        {
            if (!await CarriesAsync(identityId, anchor, cancellationToken))
            {
                await stores.Claims.ReleaseAsync(ClaimKind.Anchor, anchor.ToString(), identityId, cancellationToken);
            }
        }
    }

    async Task<bool> CarriesAsync(string identityId, Anchor anchor, CancellationToken cancellationToken) =>
        (await stores.Registry.FindAsync(identityId, cancellationToken))?.Anchors.Contains(anchor) == true;
}
