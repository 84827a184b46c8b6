using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Configuration;

/// <summary>mesh.yaml, read and proven whole. Immutable; a change of the file is another configuration with another hash.</summary>
public sealed record MeshConfiguration
{
    /// <summary>Name of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>SHA-256 of the file's bytes as lower-case hex; runs and decisions carry it.</summary>
    public required string Hash { get; init; }

    /// <summary>Exception and revocation owners by target, source or area; <c>default</c> always present.</summary>
    public required IReadOnlyDictionary<string, string> Owners { get; init; }

    /// <summary>Systems that tell us, by name.</summary>
    public required IReadOnlyDictionary<string, SourceConfiguration> Sources { get; init; }

    /// <summary>Which source decides what, by kind of identity.</summary>
    public required IReadOnlyDictionary<IdentityKind, AuthorityConfiguration> Authority { get; init; }

    /// <summary>Systems that are kept true, by name, in ordinal order.</summary>
    public required IReadOnlyDictionary<string, TargetConfiguration> Targets { get; init; }

    /// <summary>What policy gives, in the order of the file.</summary>
    public required IReadOnlyList<EntitlementConfiguration> Entitlements { get; init; }

    /// <summary>The rules every effect is decided by.</summary>
    public required PolicyConfiguration Policy { get; init; }

    /// <summary>Blast-radius limits by operation kind; <c>default</c> always present.</summary>
    public required IReadOnlyDictionary<string, GuardConfiguration> Guards { get; init; }

    /// <summary>How long anything may wait.</summary>
    public DeadlineConfiguration Deadlines { get; init; } = new();

    /// <summary>How long what is recorded is kept.</summary>
    public RetentionConfiguration Retention { get; init; } = new();

    /// <summary>Who may use the API.</summary>
    public IReadOnlyList<ApiKeyConfiguration> ApiKeys { get; init; } = [];

    /// <summary>The owner for a target, source or area.</summary>
    public string OwnerOf(string name) => Owners.TryGetValue(name, out var owner) ? owner : Owners["default"];
}
