namespace ServerlessSync.Mesh.Audit;

/// <summary>What a verification holds against the store: it lies outside it.</summary>
/// <param name="Anchor">The anchor.</param>
/// <param name="Keys">Public keys whose signatures count.</param>
public sealed record AnchorRecord(IAnchor Anchor, IReadOnlyList<CheckpointKey> Keys);
