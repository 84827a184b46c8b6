namespace ServerlessSync.Mesh.Model;

/// <summary>What one source last told us about one subject, apart from the identity.</summary>
/// <param name="Source">The source.</param>
/// <param name="Subject">The subject's key there.</param>
/// <param name="Sequence">Sequence of the last applied event, where the source gives one.</param>
/// <param name="Kind">What that event said.</param>
/// <param name="Data">The whole record.</param>
/// <param name="EventId">Id of that event.</param>
/// <param name="OccurredAt">When it happened by the source's clock.</param>
public sealed record SourceRecord(
    string Source,
    string Subject,
    long? Sequence,
    ChangeKind Kind,
    IReadOnlyDictionary<string, string> Data,
    string EventId,
    DateTimeOffset OccurredAt);
