namespace ServerlessSync.Connectors;

/// <summary>The one exception a connector throws.</summary>
public sealed class ConnectorException : Exception
{
    /// <summary>Makes a failure.</summary>
    /// <param name="connectorId">The target's name.</param>
    /// <param name="kind">What kind of failure it is.</param>
    /// <param name="message">What happened, without secrets.</param>
    /// <param name="retryAfter">How long the target asked us to wait.</param>
    /// <param name="innerException">The cause.</param>
    public ConnectorException(string connectorId, FailureKind kind, string message, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(message, innerException)
    {
        ConnectorId = connectorId;
        Kind = kind;
        RetryAfter = retryAfter;
    }

    /// <summary>The target's name.</summary>
    public string ConnectorId { get; }

    /// <summary>What kind of failure it is.</summary>
    public FailureKind Kind { get; }

    /// <summary>How long the target asked us to wait, where it did.</summary>
    public TimeSpan? RetryAfter { get; }
}
