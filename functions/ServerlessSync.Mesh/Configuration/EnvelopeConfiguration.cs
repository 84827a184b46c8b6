namespace ServerlessSync.Mesh.Configuration;

/// <summary>Paths (dotted) of the envelope's parts within one event of the payload.</summary>
public sealed record EnvelopeConfiguration
{
    /// <summary>Path of the array of events in a batch; a payload without it is one event, a payload that is an array is a batch.</summary>
    /// <value>events</value>
    public string Batch { get; init; } = "events";

    /// <summary>Path of the event's id; an event without one takes the webhook's id and its place in the batch.</summary>
    /// <value>id</value>
    public string Id { get; init; } = "id";

    /// <summary>Path of the type.</summary>
    /// <value>type</value>
    public string Type { get; init; } = "type";

    /// <summary>Path of the sequence.</summary>
    /// <value>sequence</value>
    public string Sequence { get; init; } = "sequence";

    /// <summary>Path of the time it happened; absent, the webhook's own time counts.</summary>
    /// <value>timestamp</value>
    public string OccurredAt { get; init; } = "timestamp";

    /// <summary>Path of the record; empty when the event itself is the record.</summary>
    /// <value>data</value>
    public string Data { get; init; } = "data";
}
