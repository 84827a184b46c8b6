using System.Collections.Concurrent;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.TestKit;

/// <summary>A workflow history of which chosen runs cannot be loaded, or are loaded as another build wrote them.</summary>
public sealed class DamagingHistory(IWorkflowHistory inner) : DelegatingHistory(inner)
{
    readonly ConcurrentDictionary<string, Func<StoredInstance, StoredInstance>> _chosen = new(StringComparer.Ordinal);

    /// <summary>Damages what is stored for a run.</summary>
    public void Damage(string instanceId) => Change(instanceId, _ => throw new StoreException(StoreFailure.Corrupt, $"The events of '{instanceId}' are damaged."));

    /// <summary>Changes what is loaded for a run.</summary>
    public void Change(string instanceId, Func<StoredInstance, StoredInstance> change) => _chosen[instanceId] = change;

    /// <summary>Mends a run.</summary>
    public void Mend(string instanceId) => _chosen.TryRemove(instanceId, out _);

    public override async Task<StoredInstance?> LoadAsync(string instanceId, CancellationToken cancellationToken) =>
        await base.LoadAsync(instanceId, cancellationToken) is not { } stored ? null
        : _chosen.TryGetValue(instanceId, out var change) ? change(stored)
        : stored;
}
