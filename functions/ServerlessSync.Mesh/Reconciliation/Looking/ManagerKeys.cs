using System.Collections.Concurrent;
using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Account keys of managers in effect, each manager looked up once while one call lasts.</summary>
/// <param name="stores">The stores.</param>
/// <param name="needed">Whether the target holds managers at all.</param>
sealed class ManagerKeys(MeshStores stores, bool needed)
{
    const int MostKept = 10_000;

    static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    readonly ManagerResolution _managers = new(stores);
    readonly ConcurrentDictionary<Anchor, IReadOnlyDictionary<string, string>> _known = [];

    public async ValueTask<IReadOnlyDictionary<string, string>> OfAsync(IdentityRecord record, CancellationToken cancellationToken)
    {
        if (!needed || ManagerResolution.NamedBy(record) is not { } named)
        {
            return None;
        }

        // Who names themselves, by one anchor or another, is in a circle that others who name them are not in.
        if (record.Anchors.Contains(named) || !_known.TryGetValue(named, out var keys))
        {
            keys = await _managers.AccountKeysAsync(record, cancellationToken);
            if (_known.Count < MostKept && !record.Anchors.Contains(named))
            {
                _known.TryAdd(named, keys);
            }
        }

        return keys;
    }
}
