namespace ServerlessSync.Engines.InProcess.Replay;

/// <summary>The code no longer does what its history says it did.</summary>
sealed class NonDeterminismException(string message) : Exception(message);

/// <summary>Rebuilds an execution from its events, comparing each step with what was recorded.</summary>
static class Replayer
{
    /// <param name="execution">What is rebuilt.</param>
    /// <param name="events">What happened.</param>
    /// <param name="workflow">Name of the workflow.</param>
    /// <param name="exact">Whether inputs and due times are compared as well; a run in flight goes on with those it recorded.</param>
    /// <exception cref="NonDeterminismException">Code and history differ.</exception>
    public static void Replay(Execution execution, IEnumerable<HistoryEvent> events, string workflow, bool exact = false)
    {
        execution.IsReplaying = true;
        var step = new Step(execution, workflow, exact);
        foreach (var e in events)
        {
            step.Take(e);
        }

        step.EndTurn();
        execution.IsReplaying = false;
    }

    static string Describe(HistoryEvent action) => action.Kind switch
    {
        EventKind.ActivityScheduled => $"activity '{action.Name}' (task {action.Id})",
        EventKind.ChildScheduled => $"child run '{action.Name}' with id '{action.Target}' (task {action.Id})",
        EventKind.TimerCreated => $"a timer (task {action.Id})",
        EventKind.TimerCancelled => $"the cancelling of timer {action.Id}",
        EventKind.EventSent => $"event '{action.Name}' to '{action.Target}' (task {action.Id})",
        _ => $"{action.Kind} of task {action.Id}",
    };

    static bool Same(HistoryEvent a, HistoryEvent b) =>
        a.Kind == b.Kind
        && a.Id == b.Id
        && string.Equals(a.Name, b.Name, StringComparison.OrdinalIgnoreCase)
        && string.Equals(a.Target, b.Target, StringComparison.Ordinal);

    static bool SameContent(HistoryEvent a, HistoryEvent b) =>
        (a.Kind != EventKind.TimerCreated || a.Ticks == b.Ticks)
        && (a.Kind != EventKind.ActivityScheduled || WorkflowPayload.Same(a.Payload, b.Payload));

    static string Content(HistoryEvent action) =>
        action.Kind == EventKind.TimerCreated ? $"due at {new DateTimeOffset(action.Ticks, TimeSpan.Zero):O}" : $"with {action.Payload ?? "nothing"}";

    sealed class Step(Execution execution, string workflow, bool exact)
    {
        int _number;
        int _matched;

        public void Take(HistoryEvent e)
        {
            _number++;
            if (e.Kind == EventKind.GenerationBegun)
            {
                execution.Begin(e);
            }
            else if (e.Kind == EventKind.TurnStarted)
            {
                EndTurn();
                _matched = 0;
                execution.BeginTurn(new DateTimeOffset(e.Ticks, TimeSpan.Zero));
            }
            else if (e.IsAction)
            {
                Match(e);
            }
            else if (!execution.Apply(e))
            {
                throw Differs($"history has {Describe(e)}, which the code does not wait for");
            }
        }

        public void EndTurn()
        {
            if (_matched < execution.Actions.Count)
            {
                throw Differs($"the code does {Describe(execution.Actions[_matched])}, which history does not have");
            }
        }

        void Match(HistoryEvent recorded)
        {
            if (_matched >= execution.Actions.Count)
            {
                throw Differs($"expected {Describe(recorded)} as in history, but the code does nothing more in this turn");
            }

            var done = execution.Actions[_matched++];
            if (!Same(done, recorded))
            {
                throw Differs($"expected {Describe(recorded)} as in history, but the code does {Describe(done)}");
            }

            if (exact && !SameContent(done, recorded))
            {
                throw Differs($"expected {Describe(recorded)} {Content(recorded)} as in history, but the code asks for it {Content(done)}");
            }

            // What was asked for at the time is what counts, should the code now compute another input or due time.
            if (recorded.Kind is EventKind.ActivityScheduled or EventKind.TimerCreated && execution.Pending.TryGetValue(recorded.Id, out var task))
            {
                task.Scheduled = recorded;
            }
        }

        NonDeterminismException Differs(string what) =>
            new($"Workflow '{workflow}' is not deterministic at step {_number} of its history: {what}.");
    }
}
