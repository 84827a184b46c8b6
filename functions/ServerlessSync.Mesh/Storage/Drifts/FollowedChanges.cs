namespace ServerlessSync.Mesh.Storage;

/// <summary>From where on the changes of a target are followed, between its complete comparisons.</summary>
public sealed record FollowedChanges
{
    /// <summary>Identities and accounts that are kept to be looked at again.</summary>
    const int MostAgain = 500;

    /// <summary>Where the next comparison of changes begins, in the target's words; null where there is no such place.</summary>
    public string? Cursor { get; init; }

    /// <summary>Why there is no such place, for people; null where nothing is known of it.</summary>
    public string? Lost { get; init; }

    /// <summary>Whether the place was lost since the last complete comparison began, so that one is due in place of the next one of changes.</summary>
    public bool ReadEverything { get; init; }

    /// <summary>
    /// How often in a row the place was lost before a comparison of changes came through: a target that never can tell is not compared whole for
    /// that again and again.
    /// </summary>
    public int Losses { get; init; }

    /// <summary>Accounts the record expected in the last complete comparison.</summary>
    public long Expected { get; init; }

    /// <summary>Who could not be looked at, at work or unreadable, for example; the next comparison of changes looks again.</summary>
    public IReadOnlyList<Suspect> Again { get; init; } = [];

    /// <summary>What the comparison under way has taken, and nobody goes by before it came through; null for nothing.</summary>
    public TakenPlace? Taken { get; init; }

    /// <summary>
    /// What is followed once a comparison came through. More who could not be looked at than can be kept leave the place where it was: the same
    /// changes are read again.
    /// </summary>
    /// <param name="run">The comparison.</param>
    /// <param name="notSeen">Who could not be looked at to its end.</param>
    public FollowedChanges After(ReconciliationRun run, IReadOnlyList<Suspect> notSeen) =>
        Taken?.Run != run.Run ? this with { ReadEverything = ReadEverything && run.Mode == ReconciliationMode.Changes }
        : notSeen.Sum(suspect => 1 + suspect.AccountKeys.Count) > MostAgain ? this with { Taken = null }
        : this with
        {
            Cursor = Taken.Cursor,
            Lost = Taken.Lost,
            Losses = run.Mode == ReconciliationMode.Complete ? Losses : 0,
            Expected = run.Expected,
            Again = [.. notSeen.Select(suspect => new Suspect { IdentityId = suspect.IdentityId, AccountKeys = suspect.AccountKeys })],
            Taken = null,
        };

    /// <summary>What is followed when the target cannot tell what changed since the cursor: nothing, until a complete comparison came through.</summary>
    /// <param name="reason">Why it cannot, for people.</param>
    /// <param name="before">What was followed; nothing is lost twice.</param>
    public static FollowedChanges Without(string reason, FollowedChanges? before = null) => before is { Cursor: null, Lost: not null }
        ? before
        : new FollowedChanges { Lost = reason, ReadEverything = before is null or { Losses: 0 }, Losses = (before?.Losses ?? 0) + 1 };
}

/// <summary>A place in the changes of a target that a comparison has taken.</summary>
/// <param name="Run">Its instance id.</param>
/// <param name="Cursor">The place; null where the target has none.</param>
/// <param name="Lost">Why it has none, for people.</param>
public sealed record TakenPlace(string Run, string? Cursor, string? Lost = null);
