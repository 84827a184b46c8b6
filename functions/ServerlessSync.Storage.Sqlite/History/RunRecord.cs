namespace ServerlessSync.Storage.Sqlite;

/// <summary>A run made ready on the caller's thread, so that the writer only binds.</summary>
sealed class RunRecord
{
    /// <summary>A new run.</summary>
    public RunRecord(NewInstance run)
        : this(run.Instance, run.Events, 0) => ParentInstanceId = run.ParentInstanceId;

    /// <summary>A run as a turn leaves it.</summary>
    public RunRecord(TurnCommit turn)
        : this(turn.Instance, turn.NewEvents, turn.NewGeneration ? 0 : turn.ExpectedEvents)
    {
    }

    RunRecord(WorkflowInstance instance, IReadOnlyList<ReadOnlyMemory<byte>> events, int first)
    {
        Instance = instance;
        First = first;
        Total = first + events.Count;
        Events = EventChunk.Join(events);
        Failure = instance.Failure is null ? null : MeshJson.ToBytes(instance.Failure);
        StateSeal = RunColumns.SealState(instance, Failure, Total);
        ContentSeal = RunColumns.SealContent(instance);
    }

    public WorkflowInstance Instance { get; }

    public string? ParentInstanceId { get; }

    /// <summary>Events of the generation before those given.</summary>
    public int First { get; }

    /// <summary>Events of the generation with those given.</summary>
    public int Total { get; }

    public byte[] Events { get; }

    public byte[]? Failure { get; }

    /// <summary>Lacks the parent, which a turn does not know.</summary>
    public uint StateSeal { get; }

    public uint ContentSeal { get; }

    public int Size => Events.Length + (Instance.Input?.Length ?? 0) + (Instance.Output?.Length ?? 0);
}
