namespace ServerlessSync.TestKit.Servers;

/// <summary>What a <see cref="FaultyProxy"/> does to a request.</summary>
public enum ProxyFault
{
    /// <summary>Nothing: the request goes through and its answer comes back.</summary>
    None,

    /// <summary>503 without an effect.</summary>
    Busy,

    /// <summary>503 without an effect, naming a short wait.</summary>
    BusyWithRetryAfter,

    /// <summary>500 without an effect.</summary>
    Error,

    /// <summary>500 after the effect.</summary>
    ErrorAfterEffect,

    /// <summary>412 without an effect, where the request has a condition; otherwise as <see cref="Error"/>.</summary>
    PreconditionFailed,

    /// <summary>The connection is closed without an effect.</summary>
    ClosedBeforeEffect,

    /// <summary>The connection is closed after the effect, without an answer.</summary>
    ClosedAfterEffect,

    /// <summary>The connection is closed after the effect and the first half of the answer.</summary>
    AnswerCut,

    /// <summary>The effect, and no answer until the caller gives up.</summary>
    Stalled,
}
