namespace ServerlessSync.Storage.Sqlite;

/// <summary>A write of an owner of the history: refused with nothing written once another owner has taken over.</summary>
abstract class HistoryWork<T>(long epoch) : WriteWork<T>
{
    protected sealed override T? Write(WriteSession session)
    {
        var lease = session.History.Lease;
        return lease.Epoch == epoch && lease.Holder is not null
            ? WriteOwned(session)
            : Refuse(new(StoreFailure.Fenced, "Another process has taken over this workflow history, or it was never acquired; this one must stop."));
    }

    protected abstract T? WriteOwned(WriteSession session);

    /// <summary>Adds a message to a run that has not ended; one to a damaged run is lost like one to none.</summary>
    protected static MessageReceipt Send(WriteSession session, RunPosition? found, ReadOnlyMemory<byte> message)
    {
        if (found is not { IsSound: true } run)
        {
            return new(SignalResult.NotFound, 0);
        }

        if (run.HasEnded)
        {
            return new(SignalResult.Ended, 0);
        }

        var number = session.NextNumber();
        session.History.AddMessage(run.Inst, number, message);
        return new(SignalResult.Accepted, number);
    }
}

/// <summary>Shows that the owner lives, or gives the lease up.</summary>
sealed class LeaseSign(long epoch, bool release) : HistoryWork<bool>(epoch)
{
    public override int Size => 0;

    protected override bool WriteOwned(WriteSession session)
    {
        var lease = session.History.Lease;
        session.History.Lease = lease with { Version = lease.Version + 1, Holder = release ? null : lease.Holder };
        return true;
    }
}

/// <summary>Removes runs that ended long ago.</summary>
sealed class PurgeRuns(long epoch, DateTimeOffset endedBefore, int most) : HistoryWork<int>(epoch)
{
    public override int Size => 0;

    protected override int WriteOwned(WriteSession session) => session.History.DropEnded(endedBefore, most);
}

/// <summary>Stores a new run.</summary>
sealed class CreateRun(long epoch, NewInstance run) : HistoryWork<bool>(epoch)
{
    readonly RunRecord _run = new(run);

    public override int Size => _run.Size;

    protected override bool WriteOwned(WriteSession session) => session.History.Create(_run);
}

/// <summary>Adds a message from outside.</summary>
sealed class SendMessage(long epoch, string instanceId, ReadOnlyMemory<byte> message) : HistoryWork<MessageReceipt>(epoch)
{
    public override int Size => message.Length;

    protected override MessageReceipt WriteOwned(WriteSession session) =>
        session.History.Find(instanceId) is var found && found is { IsSound: false }
            ? Refuse(RunColumns.Damaged(instanceId, "its state"))
            : Send(session, found, message);
}

/// <summary>Stores what one turn did.</summary>
sealed class StoreTurn(long epoch, TurnCommit turn) : HistoryWork<TurnReceipt>(epoch)
{
    readonly RunRecord _run = new(turn);
    readonly RunRecord[] _children = turn.Children.Count == 0 ? [] : [.. turn.Children.Select(child => new RunRecord(child))];

    public override int Size => _run.Size + _children.Sum(child => child.Size) + turn.Messages.Sum(message => message.Message.Length);

    protected override TurnReceipt? WriteOwned(WriteSession session)
    {
        var history = session.History;
        var id = turn.Instance.InstanceId;
        var found = history.Find(id);
        if (found is { IsSound: false })
        {
            return Refuse(RunColumns.Damaged(id, "its state"));
        }

        if (found is not { } position || position.Events != turn.ExpectedEvents)
        {
            return Refuse(new(StoreFailure.Fenced, $"Run '{id}' is not as this turn found it: another turn was stored."));
        }

        WriteRun(history, position);
        if (_children.Length == 0 && turn.Messages.Count == 0)
        {
            return TurnReceipt.Empty;
        }

        var created = Array.ConvertAll(_children, history.Create);
        var receipts = new MessageReceipt[turn.Messages.Count];
        for (var i = 0; i < receipts.Length; i++)
        {
            receipts[i] = Send(session, history.Find(turn.Messages[i].InstanceId), turn.Messages[i].Message);
        }

        return new(created, receipts);
    }

    void WriteRun(HistoryStatements history, RunPosition position)
    {
        if (turn.NewGeneration)
        {
            history.DropEvents(position.Inst);
        }

        if (_run.Total > _run.First)
        {
            history.AddEvents(position.Inst, _run.First, _run.Events);
        }

        history.Update(position, _run);
        if (turn.Instance.HasEnded)
        {
            history.DropMessages(position.Inst);
            return;
        }

        for (var i = 0; i < turn.ConsumedMessages.Count; i++)
        {
            history.DropMessage(position.Inst, turn.ConsumedMessages[i]);
        }
    }
}
