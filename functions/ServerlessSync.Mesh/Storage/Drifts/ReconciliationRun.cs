using System.Text.Json.Serialization;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>How a comparison ended.</summary>
public enum ReconciliationOutcome
{
    /// <summary>It is under way.</summary>
    Running,

    /// <summary>Target and record were compared whole.</summary>
    Completed,

    /// <summary>It ended without comparing, and nothing was done: the target could not be read whole, was empty or had shrunk.</summary>
    Abandoned,

    /// <summary>It compared, and the guard holds back what it found.</summary>
    Held,
}

/// <summary>One comparison of a target with the record.</summary>
public sealed record ReconciliationRun
{
    /// <summary>The target.</summary>
    public required string Target { get; init; }

    /// <summary>Its number, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>The workflow's instance id.</summary>
    public required string Run { get; init; }

    /// <summary>Who or what asked for it: schedule, or the name of an operator.</summary>
    public required string AskedBy { get; init; }

    /// <summary>Whether only a plan is made.</summary>
    public required bool DryRun { get; init; }

    /// <summary>How much of the target it reads.</summary>
    public ReconciliationMode Mode { get; init; }

    /// <summary>Hash of the configuration it goes by.</summary>
    public required string Configuration { get; init; }

    /// <summary>Hash of the plan a person has approved: nothing else is applied; null when none was named.</summary>
    public string? Approved { get; init; }

    /// <summary>What there is to say about it, for people: how late it was, for example; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it is under way.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it ended.</summary>
    public ReconciliationOutcome Outcome { get; init; }

    /// <summary>Since when it is paused; null while it goes on.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>Why it ended so, for people.</summary>
    public string? Reason { get; init; }

    /// <summary>Accounts the target held; of changes, those that had changed.</summary>
    public long Accounts { get; init; }

    /// <summary>Those of them that carry our mark.</summary>
    public long Owned { get; init; }

    /// <summary>Identities the record knew.</summary>
    public long Known { get; init; }

    /// <summary>Accounts the record expected; of changes, those it expected in the complete comparison before.</summary>
    public long Expected { get; init; }

    /// <summary>Rights the target's accounts held.</summary>
    public long Rights { get; init; }

    /// <summary>Rights the record expected.</summary>
    public long ExpectedRights { get; init; }

    /// <summary>Whether the target told its credentials; else nothing is said of them.</summary>
    public bool CredentialsRead { get; init; }

    /// <summary>Identities left out because a run was at work for them.</summary>
    public long InFlight { get; init; }

    /// <summary>
    /// Those of them that are identities, and of how many whole comparisons in a row they were left out by now; at most 100, those left out most often.
    /// </summary>
    public IReadOnlyDictionary<string, int> LeftOut { get; init; } = new Dictionary<string, int>();

    /// <summary>Identities left out because a row of theirs is damaged, which is handed to its owner, or because the target would not show their account.</summary>
    public long Unreadable { get; init; }

    /// <summary>Confirmed findings by kind.</summary>
    public IReadOnlyDictionary<DriftKind, int> Found { get; init; } = new Dictionary<DriftKind, int>();

    /// <summary>Items by where they were put.</summary>
    public IReadOnlyDictionary<DriftState, int> Items { get; init; } = new Dictionary<DriftState, int>();

    /// <summary>Hash over what it would do; a person applies exactly that.</summary>
    public string? PlanHash { get; init; }

    /// <summary>Items it would have mended, held or not.</summary>
    public int ToMend { get; init; }

    /// <summary>Kinds the guard holds back, with its arithmetic.</summary>
    public IReadOnlyDictionary<DriftKind, string> Guarded { get; init; } = new Dictionary<DriftKind, string>();

    /// <summary>Number of the oldest comparison that the guard counted together with this one; 0 when it did not come so far.</summary>
    public long CountedFrom { get; init; }

    /// <summary>Accounts it let through to be mended, by kind, but for those that the comparisons counted with it had let through already.</summary>
    public IReadOnlyDictionary<DriftKind, int> LetThrough { get; init; } = new Dictionary<DriftKind, int>();

    /// <summary>Whether it left drift that waits for a maintenance window.</summary>
    public bool WaitsForWindow { get; init; }

    /// <summary>Why nothing followed the items that were mended first; null when the others were let through.</summary>
    public string? Halted { get; init; }

    /// <summary>Whether target and record were compared whole, and not only for a plan.</summary>
    [JsonIgnore]
    public bool IsWhole => Mode == ReconciliationMode.Complete && !DryRun && Outcome is (ReconciliationOutcome.Completed or ReconciliationOutcome.Held);
}
