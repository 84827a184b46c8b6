namespace ServerlessSync.Storage.Sqlite;

/// <summary>The writer's statements on lease and runs.</summary>
sealed class HistoryStatements(SqliteConnection connection)
{
    readonly SqliteStatement _readLease = connection.Prepare("SELECT epoch, version, machine, pid, start FROM lease");
    readonly SqliteStatement _writeLease = connection.Prepare("UPDATE lease SET epoch = ?1, version = ?2, machine = ?3, pid = ?4, start = ?5");
    readonly SqliteStatement _find = connection.Prepare("SELECT inst, status, events FROM instances WHERE id = ?1");
    readonly SqliteStatement _create = connection.Prepare(
        """
        INSERT INTO instances (id, parent, name, version, status, created, updated, events, failure, custom, output, input)
        VALUES (?1, ?12, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING
        """);

    readonly SqliteStatement _update = connection.Prepare(
        """
        UPDATE instances SET name = ?2, version = ?3, status = ?4, created = ?5, updated = ?6, events = ?7,
            failure = ?8, custom = ?9, output = ?10, input = ?11 WHERE inst = ?1
        """);

    readonly SqliteStatement _addEvents = connection.Prepare("INSERT INTO events VALUES (?1, ?2, ?3)");
    readonly SqliteStatement _dropEvents = connection.Prepare("DELETE FROM events WHERE inst = ?1");
    readonly SqliteStatement _addMessage = connection.Prepare("INSERT INTO messages VALUES (?1, ?2, ?3)");
    readonly SqliteStatement _dropMessage = connection.Prepare("DELETE FROM messages WHERE inst = ?1 AND number = ?2");
    readonly SqliteStatement _dropMessages = connection.Prepare("DELETE FROM messages WHERE inst = ?1");
    Lease? _lease;

    /// <summary>The lease, read once in each transaction.</summary>
    public Lease Lease
    {
        get => _lease ??= ReadLease();
        set
        {
            _lease = value;
            _writeLease.Bind(1, value.Epoch).Bind(2, value.Version).Bind(3, value.Holder?.Machine)
                .Bind(4, value.Holder?.ProcessId ?? 0).Bind(5, value.Holder?.ProcessStart ?? 0).Run();
        }
    }

    public void ForgetLease() => _lease = null;

    /// <summary>Where a run is, or null.</summary>
    public RunPosition? Find(string instanceId)
    {
        if (!_find.Bind(1, instanceId).Step())
        {
            return null;
        }

        var position = new RunPosition(_find.Number(0), (WorkflowStatus)_find.Number(1), (int)_find.Number(2));
        _find.Reset();
        return position;
    }

    /// <summary>Stores a new run and its first events, or answers false when the id exists.</summary>
    public bool Create(RunRecord run)
    {
        if (BindState(_create.Bind(1, run.Instance.InstanceId), run, run.EventCount).Bind(12, run.ParentInstanceId).Run() == 0)
        {
            return false;
        }

        if (run.EventCount > 0)
        {
            AddEvents(connection.LastRowId, 0, run.Events);
        }

        return true;
    }

    public void Update(long inst, RunRecord run, int events) => BindState(_update.Bind(1, inst), run, events).Run();

    public void AddEvents(long inst, int first, byte[] chunk) => _addEvents.Bind(1, inst).Bind(2, first).Bind(3, chunk).Run();

    public void DropEvents(long inst) => _dropEvents.Bind(1, inst).Run();

    public void AddMessage(long inst, long number, ReadOnlyMemory<byte> message) =>
        _addMessage.Bind(1, inst).Bind(2, number).Bind(3, message.Span).Run();

    public void DropMessage(long inst, long number) => _dropMessage.Bind(1, inst).Bind(2, number).Run();

    public void DropMessages(long inst) => _dropMessages.Bind(1, inst).Run();

    static SqliteStatement BindState(SqliteStatement statement, RunRecord run, int events)
    {
        var instance = run.Instance;
        statement.Bind(2, instance.Name).Bind(3, instance.Version).Bind(4, (long)instance.Status)
            .Bind(5, instance.CreatedAt.UtcTicks).Bind(6, instance.LastUpdatedAt.UtcTicks).Bind(7, events)
            .Bind(9, instance.CustomStatus).Bind(10, instance.Output).Bind(11, instance.Input);
        return run.Failure is null ? statement.BindNull(8) : statement.Bind(8, run.Failure);
    }

    Lease ReadLease()
    {
        _readLease.Step();
        var machine = _readLease.TextOrNull(2);
        var holder = machine is null ? null : new HistoryOwner(machine, (int)_readLease.Number(3), _readLease.Number(4));
        var lease = new Lease(_readLease.Number(0), _readLease.Number(1), holder);
        _readLease.Reset();
        return lease;
    }
}

/// <summary>A run's number, state and count of events in its current generation.</summary>
readonly record struct RunPosition(long Inst, WorkflowStatus Status, int Events)
{
    public bool HasEnded => Status is WorkflowStatus.Completed or WorkflowStatus.Failed or WorkflowStatus.Terminated;
}

/// <summary>A run made ready on the caller's thread, so that the writer only binds.</summary>
sealed class RunRecord(WorkflowInstance instance, IReadOnlyList<ReadOnlyMemory<byte>> events, string? parentInstanceId)
{
    public RunRecord(NewInstance run)
        : this(run.Instance, run.Events, run.ParentInstanceId)
    {
    }

    public WorkflowInstance Instance { get; } = instance;

    public string? ParentInstanceId { get; } = parentInstanceId;

    public int EventCount { get; } = events.Count;

    public byte[] Events { get; } = EventChunk.Join(events);

    public byte[]? Failure { get; } = instance.Failure is null ? null : MeshJson.ToBytes(instance.Failure);

    public int Size => Events.Length + (Instance.Input?.Length ?? 0) + (Instance.Output?.Length ?? 0);
}
