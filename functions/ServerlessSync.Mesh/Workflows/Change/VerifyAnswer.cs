using ServerlessSync.Connectors;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>What a read-back found.</summary>
/// <param name="Holds">Whether the target is as the step asked.</param>
/// <param name="Failure">Why it could not be read; null when it was.</param>
/// <param name="RetryAfter">How long the target asked us to wait.</param>
/// <param name="Message">What was found instead.</param>
public sealed record VerifyAnswer(bool Holds, FailureKind? Failure = null, TimeSpan? RetryAfter = null, string? Message = null)
{
    /// <summary>The target is as asked.</summary>
    public static VerifyAnswer Yes { get; } = new(true);

    /// <summary>The target is not as asked, or could not be read.</summary>
    public static VerifyAnswer No(string? message, FailureKind? failure = null, TimeSpan? retryAfter = null) =>
        new(false, failure, retryAfter, Words.Short(message));
}
