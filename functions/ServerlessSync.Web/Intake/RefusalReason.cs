namespace ServerlessSync.Web.Intake;

/// <summary>Why a webhook was refused.</summary>
public enum RefusalReason
{
    /// <summary>No source of this name takes webhooks.</summary>
    UnknownSource,

    /// <summary>A header of the signature is missing or malformed.</summary>
    NotSigned,

    /// <summary>No signature fits any of the source's keys.</summary>
    BadSignature,

    /// <summary>Signed too long ago, or too far ahead of our clock.</summary>
    Stale,

    /// <summary>Not JSON, or encoded in some way.</summary>
    UnsupportedMediaType,

    /// <summary>The body, one event or the number of events is over its limit.</summary>
    TooLarge,

    /// <summary>The body did not arrive in time.</summary>
    TooSlow,

    /// <summary>The body is no acceptable JSON.</summary>
    Malformed,

    /// <summary>A type the source has not declared.</summary>
    UnknownEventType,

    /// <summary>A field is missing or of the wrong kind.</summary>
    InvalidEvent,

    /// <summary>The inbox cannot record now.</summary>
    StoreUnavailable,

    /// <summary>Too much is in hand, or waits for its run, already.</summary>
    Overloaded,
}
