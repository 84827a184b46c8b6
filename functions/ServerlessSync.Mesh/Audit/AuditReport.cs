namespace ServerlessSync.Mesh.Audit;

/// <summary>What a verification found.</summary>
public sealed record AuditReport
{
    /// <summary>Streams read.</summary>
    public long Streams { get; init; }

    /// <summary>Entries read.</summary>
    public long Entries { get; init; }

    /// <summary>Entries whose payload is gone by retention or erasure; their hashes still hold.</summary>
    public long Erased { get; init; }

    /// <summary>Checkpoints of the chain in the store.</summary>
    public long Checkpoints { get; init; }

    /// <summary>Entries newer than the last anchored checkpoint of their stream: cut off together with their head, they would not be missed.</summary>
    public long Unanchored { get; init; }

    /// <summary>Checkpoints that were not appended to the anchor yet.</summary>
    public long Waiting { get; init; }

    /// <summary>How many faults there are.</summary>
    public long FaultCount { get; init; }

    /// <summary>The faults; of very many the first <see cref="MostFaults"/>.</summary>
    public required IReadOnlyList<AuditFault> Faults { get; init; }

    /// <summary>Faults that are listed.</summary>
    public const int MostFaults = 1000;
}
