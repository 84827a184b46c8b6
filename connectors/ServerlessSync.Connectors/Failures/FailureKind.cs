namespace ServerlessSync.Connectors;

/// <summary>Why a call to a target failed. Closed: a switch over it names every member.</summary>
public enum FailureKind
{
    /// <summary>The call certainly had no effect and may succeed when tried again.</summary>
    Transient,

    /// <summary>The target asks to slow down; <see cref="ConnectorException.RetryAfter"/> says how long, where it does.</summary>
    Throttled,

    /// <summary>The object changed under us or is in use; read again before trying again.</summary>
    Conflict,

    /// <summary>The object, or something the write names, does not exist.</summary>
    NotFound,

    /// <summary>The target refuses the request as it is; trying again will not help.</summary>
    Rejected,

    /// <summary>The mesh's own credential is refused or lacks a right.</summary>
    Unauthorised,

    /// <summary>The request was sent and no answer came: it may have taken effect. Settled by a read, never by a blind retry.</summary>
    OutcomeUnknown,

    /// <summary>A read in pages cannot go on to its true end: something may be missing, so nothing follows from what was not seen.</summary>
    Incomplete,
}
