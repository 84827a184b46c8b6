namespace ServerlessSync.Mesh.Workflows.Targets;

/// <summary>Every target by name.</summary>
public sealed class TargetSet(IEnumerable<Target> targets)
{
    readonly SortedDictionary<string, Target> _byName = new(targets.ToDictionary(t => t.Name), StringComparer.Ordinal);

    /// <summary>All targets, in ordinal order of their names.</summary>
    public IReadOnlyCollection<Target> All => _byName.Values;

    /// <summary>The target of that name.</summary>
    /// <exception cref="KeyNotFoundException">It is not configured.</exception>
    public Target this[string name] => _byName.TryGetValue(name, out var target)
        ? target
        : throw new KeyNotFoundException($"target '{name}' is not configured");
}
