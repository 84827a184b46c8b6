using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Intake;

/// <summary>What became of a request to replay.</summary>
public enum ReplayDecision
{
    /// <summary>The event is recorded anew and will run.</summary>
    Taken,

    /// <summary>There is no such exception.</summary>
    Unknown,

    /// <summary>The exception is not about an event, or the event is not stored any more.</summary>
    NothingToReplay,

    /// <summary>The exception was settled in another way.</summary>
    Settled,

    /// <summary>Policy denies it.</summary>
    Denied,
}

/// <summary>The answer to a request to replay.</summary>
/// <param name="Decision">What became of it.</param>
/// <param name="Event">The event that repeats the one of the exception, when taken.</param>
/// <param name="Reason">Why not, when denied.</param>
public sealed record ReplayAnswer(ReplayDecision Decision, EventReference? Event = null, string? Reason = null);
