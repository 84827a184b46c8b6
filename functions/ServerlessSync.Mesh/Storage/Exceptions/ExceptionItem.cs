namespace ServerlessSync.Mesh.Storage;

/// <summary>Something a person must settle.</summary>
/// <param name="Id">Its id; made of what it is about, so the same cause opens it once.</param>
/// <param name="Kind">What went wrong: group-failed, revocation-overdue, compensation-failed, correlation-conflict, guard, run-failed, ...</param>
/// <param name="IdentityId">The identity concerned, or null.</param>
/// <param name="Target">The target concerned, or null.</param>
/// <param name="Run">The run concerned, or null.</param>
/// <param name="Owner">Who must settle it.</param>
/// <param name="Reason">What happened, for people.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="Deadline">When it is overdue.</param>
/// <param name="SettledAt">When it was settled; null while it is open.</param>
/// <param name="Settlement">How it was settled.</param>
/// <param name="Event">The event that was not acted on and can be replayed, or null.</param>
public sealed record ExceptionItem(
    string Id,
    string Kind,
    string? IdentityId,
    string? Target,
    string? Run,
    string Owner,
    string Reason,
    DateTimeOffset OpenedAt,
    DateTimeOffset Deadline,
    DateTimeOffset? SettledAt = null,
    string? Settlement = null,
    EventReference? Event = null);

/// <summary>An event by its name.</summary>
/// <param name="Source">The source that said it.</param>
/// <param name="Id">Its id in that source.</param>
public sealed record EventReference(string Source, string Id);
