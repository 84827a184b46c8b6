using System.Collections.ObjectModel;
using ServerlessSync.Engines.InProcess.Replay;

namespace ServerlessSync.Engines.InProcess.Runs;

sealed partial class Run
{
    /// <summary>Loads the run and takes up again what was under way; false when there is nothing to run.</summary>
    async ValueTask<bool> LoadAsync()
    {
        // What was delivered before now is read with the run, or was consumed; what is delivered from now on may be read as well.
        int posts;
        lock (_gate)
        {
            _mailbox.RemoveAll(i => i.IsStored);
            posts = _posts;
        }

        var stored = await parts.History.LoadAsync(instanceId, CancellationToken.None);
        if (stored is null || stored.Instance.HasEnded)
        {
            TellUncertain();
            return Forget(stored?.Instance, posts);
        }

        var state = RunState.Load(Setting(), stored);
        var received = EventCodec.Decode(instanceId, stored.Messages.Select(m => m.Message));
        var messages = received.Select((e, i) => new RunInput(e, stored.Messages[i].Number)).ToList();
        if (state.Missing is { } missing && !received.Exists(e => e.Kind == EventKind.Terminated))
        {
            Hold(missing);
            return false;
        }

        parts.Table.LetGo(instanceId);
        if (state.Doomed is { } doomed)
        {
            parts.Log.NonDeterministic(instanceId, doomed.ErrorMessage);
        }

        await ResumeAsync(state);
        lock (_gate)
        {
            _readAtLoad.UnionWith(stored.Messages.Select(m => m.Number));
            _mailbox.RemoveAll(i => i.IsStored && _readAtLoad.Contains(i.Number));
            _mailbox.InsertRange(0, messages);
            _mailbox.Add(new(new(EventKind.Wake)));
            _state = state;
        }

        TellUncertain();
        return true;
    }

    /// <summary>A commit that failed may have been stored all the same; then those it concerned have not been told.</summary>
    void TellUncertain()
    {
        if (_uncertain is { } commit)
        {
            _uncertain = null;
            foreach (var id in commit.Children.Select(c => c.Instance.InstanceId).Concat(commit.Messages.Select(m => m.InstanceId)))
            {
                parts.Table.Reread(id);
            }
        }
    }

    /// <summary>Leaves memory, unless something came after the store was asked: then it is asked again.</summary>
    bool Forget(WorkflowInstance? ended, int posts)
    {
        lock (_gate)
        {
            if (posts != _posts)
            {
                return true;
            }

            _gone = true;
        }

        CancelTimers();
        parts.Table.Forget(this, ended);
        return false;
    }

    async ValueTask ResumeAsync(RunState state)
    {
        foreach (var child in state.OpenChildren)
        {
            await MeetChildAsync(child);
        }

        foreach (var (id, task) in state.Execution?.Pending ?? ReadOnlyDictionary<int, PendingTask>.Empty)
        {
            var scheduled = task.Scheduled!;
            switch (task.Kind)
            {
                case EventKind.ActivityScheduled when !_issued.Contains(id):
                    _issued.Add(id);
                    parts.Activities.Start(this, scheduled);
                    break;
                case EventKind.TimerCreated:
                    ArmTimer(scheduled, state.Execution!.Now);
                    break;
                case EventKind.ChildScheduled:
                    await MeetChildAsync(scheduled);
                    break;
            }
        }
    }

    /// <summary>Fails the task when the run of that id is not the one it started: that one will never answer.</summary>
    async ValueTask MeetChildAsync(HistoryEvent scheduled)
    {
        try
        {
            var child = await parts.History.LoadAsync(scheduled.Target!, CancellationToken.None);
            if (child is null)
            {
                RefuseChild(scheduled, Failures.UnknownWorkflow(scheduled.Name!));
            }
            else if (child.ParentInstanceId != instanceId
                || (child.Events.Count > 0 && EventCodec.Decode(scheduled.Target!, [child.Events[0]])[0].Id != scheduled.Id))
            {
                RefuseChild(scheduled, Failures.ChildExists(scheduled.Target!));
            }
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            // The child is held; this run waits for it.
        }
    }

    /// <summary>What a stored turn may now do.</summary>
    void Follow(RunState state, Turn turn, TurnReceipt receipt)
    {
        Deliver(turn, receipt);
        if (state.Execution is not { } execution || execution.Standing is not (Standing.Waiting or Standing.Closing))
        {
            CancelTimers();
            return;
        }

        var children = 0;
        foreach (var action in turn.Actions)
        {
            switch (action.Kind)
            {
                case EventKind.ActivityScheduled:
                    _issued.Add(action.Id);
                    parts.Activities.Start(this, action);
                    break;
                case EventKind.ChildScheduled when parts.Catalog.FindVersion(action.Name!) is null:
                    RefuseChild(action, Failures.UnknownWorkflow(action.Name!));
                    break;
                case EventKind.ChildScheduled when !receipt.ChildrenCreated[children++]:
                    RefuseChild(action, Failures.ChildExists(action.Target!));
                    break;
                case EventKind.TimerCreated when execution.Pending.ContainsKey(action.Id):
                    ArmTimer(action, execution.Now);
                    break;
                case EventKind.TimerCancelled:
                    _timers.Remove(action.Id);
                    parts.Timers.Cancel(instanceId, action.Id);
                    break;
            }
        }

        if (execution.Standing == Standing.Closing)
        {
            CancelTimers();
        }
    }

    /// <summary>Takes the places of the children a turn wants to start.</summary>
    Run?[] Expect(TurnCommit commit)
    {
        if (commit.Children.Count == 0)
        {
            return [];
        }

        var children = new Run?[commit.Children.Count];
        for (var i = 0; i < children.Length; i++)
        {
            parts.Table.Reserve();
            children[i] = parts.Table.Expect(commit.Children[i].Instance.InstanceId);
        }

        return children;
    }

    async ValueTask<TurnReceipt> CommitAsync(TurnCommit commit, Run?[] children)
    {
        try
        {
            return await parts.History.CommitTurnAsync(commit, CancellationToken.None);
        }
        catch
        {
            foreach (var child in children)
            {
                parts.Table.GiveUp(child);
            }

            throw;
        }
    }

    void BeginChildren(TurnCommit commit, Run?[] children, TurnReceipt receipt)
    {
        for (var i = 0; i < children.Length; i++)
        {
            if (receipt.ChildrenCreated[i])
            {
                parts.Table.Begin(children[i], commit.Children[i]);
            }
            else
            {
                parts.Table.GiveUp(children[i]);
            }
        }
    }

    void Deliver(Turn turn, TurnReceipt receipt)
    {
        for (var i = 0; i < turn.Sent.Count; i++)
        {
            if (receipt.Messages[i].Result == SignalResult.Accepted)
            {
                var sent = turn.Sent[i];
                var received = sent.Kind == EventKind.EventSent
                    ? new HistoryEvent(EventKind.EventReceived) { Name = sent.Name, Payload = sent.Payload }
                    : sent;
                parts.Table.Deliver(turn.Commit!.Messages[i].InstanceId, new(received, receipt.Messages[i].Number));
            }
        }
    }

    void ArmTimer(HistoryEvent created, DateTimeOffset seen)
    {
        _timers.Add(created.Id);
        parts.Timers.Add(instanceId, created.Id, created.Ticks, seen);
    }

    void CancelTimers()
    {
        foreach (var id in _timers)
        {
            parts.Timers.Cancel(instanceId, id);
        }

        _timers.Clear();
    }

    void RefuseChild(HistoryEvent scheduled, WorkflowFailure failure) =>
        Post(new(HistoryEvent.OfFailure(EventKind.ChildFailed, scheduled.Id, failure) with { Target = scheduled.Target }));
}
