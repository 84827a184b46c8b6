namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>How a step ended.</summary>
public enum StepState
{
    /// <summary>Done and read back.</summary>
    Verified,

    /// <summary>Failed for good; nothing more is tried.</summary>
    Failed,

    /// <summary>A revocation that has not succeeded yet and is still tried.</summary>
    Open,

    /// <summary>Not done: a newer decision overtook the run, or an operator stopped it.</summary>
    Superseded,

    /// <summary>Undone from its before-image and read back, or nothing to undo.</summary>
    Undone,

    /// <summary>Could not be undone; a person must.</summary>
    NotUndone,
}

/// <summary>How one step ended.</summary>
/// <param name="Number">The step.</param>
/// <param name="State">How.</param>
/// <param name="Attempts">Attempts made.</param>
/// <param name="Message">Why, when it is not verified.</param>
public sealed record StepEnd(int Number, StepState State, int Attempts, string? Message = null);
