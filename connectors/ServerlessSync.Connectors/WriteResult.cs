namespace ServerlessSync.Connectors;

/// <summary>What became of a write that did not fail.</summary>
public enum WriteOutcome
{
    /// <summary>The target was changed by this call.</summary>
    Applied,

    /// <summary>The target was already as asked; nothing was changed.</summary>
    AlreadyInPlace,

    /// <summary>A newer decision overtook this one before it had an effect; nothing was changed.</summary>
    Superseded,

    /// <summary>The write must not be done, and trying again will not change that. <see cref="WriteResult.Reason"/> says why.</summary>
    Refused,
}

/// <summary>The answer to a write: the outcome, what stood there before, and what else the target changed.</summary>
public sealed record WriteResult
{
    /// <summary>What became of the write.</summary>
    public required WriteOutcome Outcome { get; init; }

    /// <summary>Why it was refused or superseded; null otherwise. Never holds a secret.</summary>
    public string? Reason { get; init; }

    /// <summary>The account's key after the write: what the target issued, or a changed identifier.</summary>
    public string? Key { get; init; }

    /// <summary>The account before the write; null when there was none or the write is no account write.</summary>
    public TargetAccount? Before { get; init; }

    /// <summary>For grants: whether the account held the right before the write.</summary>
    public bool? HeldBefore { get; init; }

    /// <summary>The target was changed.</summary>
    public static WriteResult Applied(string? key = null, TargetAccount? before = null, bool? heldBefore = null) =>
        new() { Outcome = WriteOutcome.Applied, Key = key, Before = before, HeldBefore = heldBefore };

    /// <summary>The target was already as asked.</summary>
    public static WriteResult AlreadyInPlace(string? key = null, TargetAccount? before = null, bool? heldBefore = null) =>
        new() { Outcome = WriteOutcome.AlreadyInPlace, Key = key, Before = before, HeldBefore = heldBefore };

    /// <summary>The write must not be done.</summary>
    public static WriteResult Refused(string reason) => new() { Outcome = WriteOutcome.Refused, Reason = reason };

    /// <summary>A newer decision overtook the write.</summary>
    public static WriteResult Superseded(string reason) => new() { Outcome = WriteOutcome.Superseded, Reason = reason };
}

/// <summary>What every write carries.</summary>
/// <param name="IdempotencyKey">The same for every attempt of one step; a target that can deduplicate is given it.</param>
public sealed record WriteContext(string IdempotencyKey);
