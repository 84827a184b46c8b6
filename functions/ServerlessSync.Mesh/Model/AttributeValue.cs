namespace ServerlessSync.Mesh.Model;

/// <summary>Whether a value counts.</summary>
public enum AttributeState
{
    /// <summary>The value is in force.</summary>
    Accepted,

    /// <summary>The value was offered by a system that is not authoritative for it; it has no effect until policy passes it.</summary>
    Proposed,
}

/// <summary>A value with its provenance.</summary>
/// <param name="Value">The value.</param>
/// <param name="Source">The source it came from.</param>
/// <param name="At">When the source said it.</param>
/// <param name="State">Whether it counts.</param>
public sealed record AttributeValue(string Value, string Source, DateTimeOffset At, AttributeState State = AttributeState.Accepted);
