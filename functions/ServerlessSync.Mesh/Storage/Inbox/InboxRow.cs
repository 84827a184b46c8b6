using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>What became of a received event.</summary>
public enum InboxStatus
{
    /// <summary>Recorded; not yet in a lane.</summary>
    Received,

    /// <summary>In an identity's lane.</summary>
    Queued,

    /// <summary>Its run has ended, well or not: the run's report says which.</summary>
    Applied,

    /// <summary>Older than what was recorded already.</summary>
    Stale,

    /// <summary>Not acted on; <see cref="InboxRow.Reason"/> says why, and an exception has an owner.</summary>
    Refused,
}

/// <summary>A received event and what became of it.</summary>
/// <param name="Event">The event.</param>
/// <param name="Status">What became of it.</param>
/// <param name="IdentityId">The identity it was correlated to.</param>
/// <param name="Run">The run that acted on it.</param>
/// <param name="Reason">Why it was refused.</param>
/// <param name="EndedAt">When nothing more was left to do with it; null before that.</param>
/// <param name="Tries">How often bringing it into a lane has failed by a fault that does not pass.</param>
public sealed record InboxRow(
    ChangeEvent Event,
    InboxStatus Status,
    string? IdentityId = null,
    string? Run = null,
    string? Reason = null,
    DateTimeOffset? EndedAt = null,
    int Tries = 0)
{
    /// <summary>Whether nothing more is left to do with it: a status that is never taken back.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasEnded => Status > InboxStatus.Queued;
}

/// <summary>Where a received event lies.</summary>
/// <param name="Partition">One of the source's shards.</param>
/// <param name="Key">Key of the row.</param>
public sealed record InboxKey(string Partition, string Key);
