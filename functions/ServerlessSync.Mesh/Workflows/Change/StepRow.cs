using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Planning;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>How far a step is recorded to have come.</summary>
enum StepProgress
{
    /// <summary>The before-image is recorded; the effect may or may not have come about.</summary>
    Intended,

    /// <summary>The answer is recorded.</summary>
    Done,

    /// <summary>The read-back is recorded.</summary>
    Verified,

    /// <summary>The undoing is recorded.</summary>
    Undone,
}

/// <summary>What stood on the target before a step: recorded before the effect, so that it is known whatever happens after.</summary>
sealed record BeforeImage(TargetAccount? Account, bool? Held, IReadOnlyList<string>? Rights)
{
    /// <summary>The same without what a step of the operation gives: it may be there only because an earlier run gave it and never came to its end.</summary>
    public BeforeImage NotGiven(StepOperation operation) => operation == StepOperation.Grant
        ? this with { Held = false }
        : this with { Account = Account is null ? null : Account with { Active = false } };
}

/// <summary>A step's row.</summary>
/// <param name="Progress">How far it has come.</param>
/// <param name="Before">What stood there before the first attempt.</param>
/// <param name="Answer">What the last attempt that was answered came to.</param>
/// <param name="Attempt">Number of that attempt.</param>
sealed record StepRow(StepProgress Progress, BeforeImage Before, StepAnswer? Answer = null, int Attempt = 0);
