namespace ServerlessSync.Mesh.Audit;

/// <summary>What a checkpoint must fulfil by itself.</summary>
static class CheckpointCheck
{
    /// <summary>What is wrong with a checkpoint, or null; without keys its signature is not looked at.</summary>
    public static string? FaultOf(Checkpoint checkpoint, IReadOnlyList<CheckpointKey>? keys)
    {
        if (checkpoint.Hash != CheckpointChain.HashOf(checkpoint))
        {
            return "changed: its hash does not fit its content";
        }

        if (keys is null)
        {
            return null;
        }

        return keys.FirstOrDefault(key => key.Name == checkpoint.Key) is not { } signer ? "signed with a key that does not count here"
            : signer.HasSigned(checkpoint) ? null
            : "its signature is not by the key it names: it was rewritten";
    }
}
