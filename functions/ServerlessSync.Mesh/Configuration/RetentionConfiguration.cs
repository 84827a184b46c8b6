namespace ServerlessSync.Mesh.Configuration;

/// <summary>How long what is recorded is kept.</summary>
public sealed record RetentionConfiguration
{
    /// <summary>How long the contents of audit entries are kept; the entries themselves, and so the proof, stay.</summary>
    /// <value>7 years</value>
    public Period Payloads { get; init; } = new(7, 0, TimeSpan.Zero);

    /// <summary>How long a received event is kept after it has ended. An event that is sent again within this time is known as a repetition.</summary>
    /// <value>90 days; 7 at least</value>
    public Period Inbox { get; init; } = Period.OfDays(90);

    /// <summary>How long the history of an ended run is kept, and a comparison of changes that found nothing.</summary>
    /// <value>30 days</value>
    public Period History { get; init; } = Period.OfDays(30);

    /// <summary>How long drift is kept after it was settled, and a comparison after it ended.</summary>
    /// <value>1 year; 7 days at least</value>
    public Period Drift { get; init; } = new(1, 0, TimeSpan.Zero);
}
