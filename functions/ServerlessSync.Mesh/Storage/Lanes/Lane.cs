using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>Which run may act for an identity, and what waits.</summary>
/// <param name="Epoch">Raised by each termination as it is queued; a granting effect of an older run is superseded.</param>
/// <param name="Run">The run that may act now, or null.</param>
/// <param name="Next">Number of the entry that is at work, or will be next.</param>
/// <param name="Last">Number of the last entry queued.</param>
/// <param name="Repeats">How often the entry at work was begun anew by another run.</param>
public sealed record Lane(long Epoch, string? Run, long Next, long Last, int Repeats = 0)
{
    /// <summary>A lane nothing has come through.</summary>
    public static Lane Empty { get; } = new(0, null, 1, 0);

    /// <summary>Whether nothing is at work and nothing waits.</summary>
    public bool IsIdle => Run is null && Next > Last;
}

/// <summary>An event in a lane.</summary>
/// <param name="Inbox">Where it lies.</param>
/// <param name="Kind">What it says.</param>
/// <param name="Source">Who said it.</param>
/// <param name="Sequence">Its sequence.</param>
/// <param name="Epoch">The lane's epoch with it.</param>
public sealed record LaneEntry(InboxKey Inbox, ChangeKind Kind, string Source, long? Sequence, long Epoch);

/// <summary>A run a lane has named.</summary>
/// <param name="IdentityId">The identity.</param>
/// <param name="Run">The run's instance id.</param>
/// <param name="Entry">The event it acts on.</param>
public sealed record LaneRun(string IdentityId, string Run, LaneEntry Entry);
