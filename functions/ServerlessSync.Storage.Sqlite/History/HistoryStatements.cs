namespace ServerlessSync.Storage.Sqlite;

/// <summary>The writer's statements on lease and runs.</summary>
sealed class HistoryStatements(SqliteConnection connection)
{
    readonly SqliteStatement _readLease = connection.Prepare("SELECT epoch, version, machine, pid, start FROM lease");
    readonly SqliteStatement _writeLease = connection.Prepare("UPDATE lease SET epoch = ?1, version = ?2, machine = ?3, pid = ?4, start = ?5");
    readonly SqliteStatement _find = connection.Prepare($"SELECT {RunColumns.State} FROM instances WHERE id = ?1");
    readonly SqliteStatement _create = connection.Prepare(
        """
        INSERT INTO instances (id, parent, name, version, status, created, updated, events, failure, custom, output, input, seal, content_seal)
        VALUES (?1, ?14, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING
        """);

    readonly SqliteStatement _update = connection.Prepare(
        """
        UPDATE instances SET name = ?2, version = ?3, status = ?4, created = ?5, updated = ?6, events = ?7,
            failure = ?8, custom = ?9, output = ?10, input = ?11, seal = ?12, content_seal = ?13 WHERE inst = ?1
        """);


    // Nothing of a sound run lies where its next events go; what does is damage, and must not fail the group.
    readonly SqliteStatement _addEvents = connection.Prepare("INSERT OR REPLACE INTO events VALUES (?1, ?2, ?3, ?4)");
    readonly SqliteStatement _dropEvents = connection.Prepare("DELETE FROM events WHERE inst = ?1");
    readonly SqliteStatement _addMessage = connection.Prepare("INSERT INTO messages VALUES (?1, ?2, ?3, ?4)");
    readonly SqliteStatement _dropMessage = connection.Prepare("DELETE FROM messages WHERE inst = ?1 AND number = ?2");
    readonly SqliteStatement _dropMessages = connection.Prepare("DELETE FROM messages WHERE inst = ?1");
    readonly SqliteStatement _dropRun = connection.Prepare("DELETE FROM instances WHERE inst = ?1");

    // The index names runs by what they were when they ended, so that damage to a row purges nothing that is at work.
    readonly SqliteStatement _ended = connection.Prepare(
        """
        SELECT run.inst FROM instances AS run INDEXED BY instances_ended WHERE run.status > 2 AND run.updated < ?1
            AND NOT EXISTS (SELECT 1 FROM instances AS parent WHERE parent.id = run.parent AND parent.status <= 2) ORDER BY run.updated LIMIT ?2
        """);

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

    /// <summary>Where a run is, or null. Nothing may be done for one that is not sound.</summary>
    public RunPosition? Find(string instanceId)
    {
        if (!_find.Bind(1, instanceId).Step())
        {
            return null;
        }

        var position = new RunPosition(
            RunColumns.Inst(_find), RunColumns.Status(_find), RunColumns.Events(_find), RunColumns.Parent(_find), RunColumns.IsSound(_find, whole: false));
        _find.Reset();
        return position;
    }

    /// <summary>Stores a new run and its first events, or answers false when the id exists.</summary>
    public bool Create(RunRecord run)
    {
        if (BindState(_create.Bind(1, run.Instance.InstanceId), run, run.ParentInstanceId).Bind(14, run.ParentInstanceId).Run() == 0)
        {
            return false;
        }

        if (run.Total > 0)
        {
            AddEvents(connection.LastRowId, 0, run.Events);
        }

        return true;
    }

    public void Update(RunPosition at, RunRecord run) => BindState(_update.Bind(1, at.Inst), run, at.Parent).Run();

    public void AddEvents(long inst, int first, byte[] chunk) =>
        _addEvents.Bind(1, inst).Bind(2, first).Bind(3, Seal.OfPart(inst, first, chunk)).Bind(4, chunk).Run();

    public void DropEvents(long inst) => _dropEvents.Bind(1, inst).Run();

    public void AddMessage(long inst, long number, ReadOnlyMemory<byte> message) =>
        _addMessage.Bind(1, inst).Bind(2, number).Bind(3, Seal.OfPart(inst, number, message.Span)).Bind(4, message.Span).Run();

    public void DropMessage(long inst, long number) => _dropMessage.Bind(1, inst).Bind(2, number).Run();

    public void DropMessages(long inst) => _dropMessages.Bind(1, inst).Run();

    /// <summary>Removes the runs that ended first, with their events and messages; answers how many.</summary>
    public int DropEnded(DateTimeOffset before, int most)
    {
        var ended = new List<long>();
        _ended.Bind(1, before.UtcTicks).Bind(2, most);
        while (_ended.Step())
        {
            ended.Add(_ended.Number(0));
        }

        foreach (var inst in ended)
        {
            DropEvents(inst);
            DropMessages(inst);
            _dropRun.Bind(1, inst).Run();
        }

        return ended.Count;
    }

    static SqliteStatement BindState(SqliteStatement statement, RunRecord run, string? parent)
    {
        var instance = run.Instance;
        statement.Bind(2, instance.Name).Bind(3, instance.Version).Bind(4, (long)instance.Status)
            .Bind(5, instance.CreatedAt.UtcTicks).Bind(6, instance.LastUpdatedAt.UtcTicks).Bind(7, run.Total)
            .Bind(9, instance.CustomStatus).Bind(10, instance.Output).Bind(11, instance.Input)
            .Bind(12, Seal.With(run.StateSeal, parent)).Bind(13, run.ContentSeal);
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

/// <summary>A run's number, state, count of events in its current generation and parent, and whether its row is as it was written.</summary>
readonly record struct RunPosition(long Inst, WorkflowStatus Status, int Events, string? Parent, bool IsSound)
{
    public bool HasEnded => Status is WorkflowStatus.Completed or WorkflowStatus.Failed or WorkflowStatus.Terminated;
}
