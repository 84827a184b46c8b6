using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Storage;

/// <summary>A run to be stored: its state, and the first events of its first generation (may be none).</summary>
public sealed record NewInstance(WorkflowInstance Instance, IReadOnlyList<ReadOnlyMemory<byte>> Events, string? ParentInstanceId = null);

/// <summary>A message to another run.</summary>
public sealed record OutgoingMessage(string InstanceId, ReadOnlyMemory<byte> Message);

/// <summary>Everything one turn did; stored in one commit.</summary>
public sealed record TurnCommit
{
    /// <summary>The run's new state.</summary>
    public required WorkflowInstance Instance { get; init; }

    /// <summary>Events the current generation had before this turn; protects against a second writer.</summary>
    public required int ExpectedEvents { get; init; }

    /// <summary>True when the events so far are dropped and <see cref="NewEvents"/> begin a new generation.</summary>
    public bool NewGeneration { get; init; }

    /// <summary>Events to append.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> NewEvents { get; init; } = [];

    /// <summary>Numbers of the messages this turn took in; they are removed.</summary>
    public IReadOnlyList<long> ConsumedMessages { get; init; } = [];

    /// <summary>Child runs to start.</summary>
    public IReadOnlyList<NewInstance> Children { get; init; } = [];

    /// <summary>Messages to other runs; one to a run that is unknown or has ended is lost.</summary>
    public IReadOnlyList<OutgoingMessage> Messages { get; init; } = [];
}

/// <summary>What became of a turn's children and messages.</summary>
/// <param name="ChildrenCreated">For each child whether it was created; false when the id existed.</param>
/// <param name="Messages">For each message what became of it.</param>
public sealed record TurnReceipt(IReadOnlyList<bool> ChildrenCreated, IReadOnlyList<MessageReceipt> Messages)
{
    /// <summary>The receipt of a turn without children and messages.</summary>
    public static TurnReceipt Empty { get; } = new([], []);
}

/// <summary>What became of a message.</summary>
/// <param name="Result">Whether it will reach the run.</param>
/// <param name="Number">Its number, ascending per history; 0 when it was lost.</param>
public readonly record struct MessageReceipt(SignalResult Result, long Number);

/// <summary>A message as stored.</summary>
public sealed record StoredMessage(long Number, ReadOnlyMemory<byte> Message);

/// <summary>A run as stored.</summary>
public sealed record StoredInstance(
    WorkflowInstance Instance,
    string? ParentInstanceId,
    IReadOnlyList<ReadOnlyMemory<byte>> Events,
    IReadOnlyList<StoredMessage> Messages);
