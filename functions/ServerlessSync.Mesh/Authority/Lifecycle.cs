using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Authority;

/// <summary>What may happen in the life of an identity.</summary>
public enum LifecycleEvent
{
    /// <summary>It comes into being, or comes back.</summary>
    Create,

    /// <summary>Its attributes change.</summary>
    Update,

    /// <summary>It is away for a while.</summary>
    Suspend,

    /// <summary>It leaves for good.</summary>
    Delete,
}

/// <summary>Whether a source may decide something.</summary>
/// <param name="Allowed">True when it may.</param>
/// <param name="Reason">Why not; null when it may.</param>
public sealed record LifecycleAnswer(bool Allowed, string? Reason);

/// <summary>Says which source may decide about the life of an identity.</summary>
public static class Lifecycle
{
    /// <summary>Asks whether a source may decide an event for identities of a kind.</summary>
    public static LifecycleAnswer Check(MeshConfiguration configuration, IdentityKind kind, string source, LifecycleEvent lifecycleEvent)
    {
        var word = lifecycleEvent switch
        {
            LifecycleEvent.Create => "create",
            LifecycleEvent.Update => "update",
            LifecycleEvent.Suspend => "suspend",
            LifecycleEvent.Delete => "delete",
            _ => throw new ArgumentOutOfRangeException(nameof(lifecycleEvent), lifecycleEvent, "unknown lifecycle event"),
        };
        var owner = configuration.Authority.GetValueOrDefault(kind)?.Lifecycle.GetValueOrDefault(word);
        if (owner == source)
        {
            return new LifecycleAnswer(true, null);
        }

        return new LifecycleAnswer(false, owner is null
            ? $"no source may {word} an identity of kind {KindNames.Of(kind)}"
            : $"{source} may not {word} an identity of kind {KindNames.Of(kind)}; {owner} may");
    }
}
