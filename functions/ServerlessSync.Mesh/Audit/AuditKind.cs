namespace ServerlessSync.Mesh.Audit;

/// <summary>What an entry speaks of.</summary>
public enum AuditKind
{
    /// <summary>An event entered the identity's lane.</summary>
    EventQueued,

    /// <summary>An event was found older than what is recorded.</summary>
    EventStale,

    /// <summary>An event was refused, with the reason.</summary>
    EventRefused,

    /// <summary>A target was read before a plan was made, and what is recorded was corrected by what was found.</summary>
    Observed,

    /// <summary>Policy decided and a plan was made.</summary>
    Planned,

    /// <summary>A step is about to have its effect; the before-image is recorded.</summary>
    Intended,

    /// <summary>A step's effect, or that there was none.</summary>
    Enforced,

    /// <summary>The target was read back and found as asked.</summary>
    Verified,

    /// <summary>A step was undone, or there was nothing to undo.</summary>
    Undone,

    /// <summary>A run ended.</summary>
    RunEnded,

    /// <summary>What a run was to do is begun anew by another one.</summary>
    RunRepeated,

    /// <summary>Something was handed to a person.</summary>
    ExceptionOpened,

    /// <summary>What was handed to a person is settled.</summary>
    ExceptionSettled,

    /// <summary>An operator acted.</summary>
    Operator,

    /// <summary>A target was found to differ from the record.</summary>
    DriftOpened,

    /// <summary>What is done about a difference was decided.</summary>
    DriftDecided,

    /// <summary>A difference is mended, accepted or gone.</summary>
    DriftSettled,

    /// <summary>Personal data was erased, with who asked for it and why.</summary>
    Erased,
}
