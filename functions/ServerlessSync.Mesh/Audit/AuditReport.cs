namespace ServerlessSync.Mesh.Audit;

/// <summary>Something in a stream that is not as it was written.</summary>
/// <param name="Table">The table the stream lies in.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Number">The entry concerned.</param>
/// <param name="Fault">What is wrong with it.</param>
public sealed record AuditFault(string Table, string Stream, long Number, string Fault)
{
    /// <summary>The fault as one line for people.</summary>
    public override string ToString() => $"{Table}/{Stream} entry {Number}: {Fault}";
}

/// <summary>What a verification found.</summary>
/// <param name="Streams">Streams read.</param>
/// <param name="Entries">Entries read.</param>
/// <param name="Erased">Entries whose payload has been erased; their hashes still hold.</param>
/// <param name="Faults">Every fault.</param>
public sealed record AuditReport(long Streams, long Entries, long Erased, IReadOnlyList<AuditFault> Faults);
