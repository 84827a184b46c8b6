namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>What became of a request to pause a comparison, or to let it go on.</summary>
public enum PauseOutcome
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>There is no such target.</summary>
    UnknownTarget,

    /// <summary>No comparison of the target is under way.</summary>
    NotUnderWay,

    /// <summary>It is so already.</summary>
    AlreadySo,
}

/// <summary>The answer to such a request.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Run">Instance id of the comparison; null where none is under way.</param>
public sealed record PauseAnswer(PauseOutcome Outcome, string? Run = null);
