using ServerlessSync.Connectors;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>What one attempt came to.</summary>
/// <param name="Outcome">What became of the write; null when it failed.</param>
/// <param name="Failure">Why it failed.</param>
/// <param name="RetryAfter">How long the target asked us to wait.</param>
/// <param name="Message">For people, no secrets; see <see cref="Words"/>.</param>
public sealed record StepAnswer(WriteOutcome? Outcome, FailureKind? Failure, TimeSpan? RetryAfter, string? Message)
{
    /// <summary>An answer without failure.</summary>
    public static StepAnswer Of(WriteOutcome outcome, string? message = null) => new(outcome, null, null, Words.Short(message));

    /// <summary>A failed attempt.</summary>
    public static StepAnswer Failed(FailureKind kind, string message, TimeSpan? retryAfter = null) => new(null, kind, retryAfter, Words.Short(message));
}
