namespace ServerlessSync.TestKit.Conformance;

/// <summary>What an engine may leave undone, declined by name. Workflows must not rely on any of it.</summary>
[Flags]
public enum EngineLeeway
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A run that awaits a task its context did not issue stays as it is; nothing fails it.</summary>
    ForeignTaskUnseen = 1,

    /// <summary>A turn that asks for more than a generation holds fails the run, but what it asked for up to the limit is done.</summary>
    LongTurnBegun = 2,

    /// <summary>Timers that come due between two turns are seen in any order.</summary>
    TimersUnordered = 4,

    /// <summary>Runs are listed in the order of the backend.</summary>
    ListUnordered = 8,

    /// <summary>Whether a child's id is taken is not looked at; what becomes of the two runs is the backend's.</summary>
    ChildIdUnchecked = 16,
}
