using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Configuration;

/// <summary>A system that tells us, and how its payload becomes the canonical event.</summary>
public sealed record SourceConfiguration
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How it reaches us: <c>webhook</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The kind of identity it speaks of.</summary>
    public IdentityKind Identity { get; init; }

    /// <summary>Signing keys, one or two: two while they rotate.</summary>
    public required IReadOnlyList<SecretReference> Secrets { get; init; }

    /// <summary>True when each event must carry a sequence.</summary>
    public required bool SequenceGiven { get; init; }

    /// <summary>How far a signature's time may lie from ours, both ways.</summary>
    /// <value>5 minutes</value>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Where in the payload the envelope's parts are.</summary>
    public EnvelopeConfiguration Envelope { get; init; } = new();

    /// <summary>What each event type of the source means.</summary>
    public required IReadOnlyDictionary<string, ChangeKind> Events { get; init; }

    /// <summary>Where the subject's immutable key comes from.</summary>
    public required Template Anchor { get; init; }

    /// <summary>Where each canonical attribute comes from.</summary>
    public required IReadOnlyDictionary<string, Template> Map { get; init; }

    /// <summary>Attributes without which a <see cref="ChangeKind.Changed"/> event is refused.</summary>
    public IReadOnlyList<string> Required { get; init; } = [AttributeNames.UserName];
}
