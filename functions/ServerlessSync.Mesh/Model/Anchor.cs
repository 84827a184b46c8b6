namespace ServerlessSync.Mesh.Model;

/// <summary>An immutable key by which a source knows an identity. Correlation goes by anchors, never by e-mail alone.</summary>
/// <param name="Source">The source that issued it.</param>
/// <param name="Value">The key, case-exact.</param>
public sealed record Anchor(string Source, string Value)
{
    /// <summary>The anchor as one text.</summary>
    public override string ToString() => $"{Source}:{Value}";
}
