using ServerlessSync.Engines.InProcess.Replay;

namespace ServerlessSync.Engines.InProcess.Runs;

/// <summary>Something that reached a run.</summary>
/// <param name="Event">What it is.</param>
/// <param name="Number">Its number when it is a stored message, else 0.</param>
readonly record struct RunInput(HistoryEvent Event, long Number = 0)
{
    public bool IsStored => Number != 0;

    public bool EndsActivity => Event.Kind is EventKind.ActivityCompleted or EventKind.ActivityFailed;
}

/// <summary>What one turn decided.</summary>
sealed class Turn
{
    /// <summary>What is to be stored; null when there is nothing.</summary>
    public TurnCommit? Commit { get; init; }

    /// <summary>What the run may do once that is stored, in order.</summary>
    public IReadOnlyList<HistoryEvent> Actions { get; init; } = [];

    /// <summary>Events sent, in the order of the commit's messages; the last of these may be the word to the parent.</summary>
    public IReadOnlyList<HistoryEvent> Sent { get; init; } = [];

    /// <summary>What could not be taken in yet.</summary>
    public List<RunInput> Held { get; init; } = [];

    /// <summary>Whether the run wants a further turn though nothing more has come: a new generation has begun, or the run is to fail.</summary>
    public bool WantsTurn { get; init; }
}
