using Microsoft.DurableTask;

namespace ServerlessSync.Engines.DurableTask;

/// <summary>
/// Waiters of external events. Durable Task gives an event to its newest waiter even when that one was given up, which loses the event. So it
/// is asked for as many events as are wanted at most at once, and what comes goes to the newest waiter that still waits.
/// </summary>
sealed class ExternalEvents(TaskOrchestrationContext inner)
{
    readonly Dictionary<string, Mailbox> _mailboxes = new(StringComparer.OrdinalIgnoreCase);

    public Task<TEvent> WaitAsync<TEvent>(string name, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<TEvent>(cancellationToken);
        }

        if (!_mailboxes.TryGetValue(name, out var mailbox))
        {
            _mailboxes.Add(name, mailbox = new Mailbox());
        }

        var waiter = new Waiter<TEvent>();
        if (mailbox.Kept.TryDequeue(out var kept))
        {
            waiter.Complete(kept);
            return waiter.Task;
        }

        mailbox.Waiters.Add(waiter);
        if (cancellationToken.CanBeCanceled)
        {
            waiter.Cancellation = cancellationToken.Register(() => GiveUp(mailbox, waiter, cancellationToken));
        }

        if (mailbox.Asked < mailbox.Waiters.Count)
        {
            mailbox.Asked++;
            _ = DeliverAsync(mailbox, Ask(name));
        }

        return waiter.Task;
    }

    /// <summary>Sends what came for waiters given up to the next generation.</summary>
    public void HandOn()
    {
        foreach (var (name, mailbox) in _mailboxes)
        {
            while (mailbox.Kept.TryDequeue(out var kept))
            {
                inner.SendEvent(inner.InstanceId, name, kept!);
            }
        }
    }

    static void GiveUp<TEvent>(Mailbox mailbox, Waiter<TEvent> waiter, CancellationToken cancellationToken)
    {
        if (mailbox.Waiters.Remove(waiter))
        {
            waiter.Cancel(cancellationToken);
        }
    }

    static async Task DeliverAsync(Mailbox mailbox, Task<JsonElement?> coming)
    {
        var payload = await coming;
        mailbox.Asked--;
        if (mailbox.Waiters is [.. var older, var newest])
        {
            mailbox.Waiters.RemoveAt(older.Count);
            newest.Complete(payload);
        }
        else
        {
            mailbox.Kept.Enqueue(payload);
        }
    }

    // Never given up at Durable Task, hence without a token.
    Task<JsonElement?> Ask(string name) => inner.WaitForExternalEvent<JsonElement?>(name);

    sealed class Mailbox
    {
        /// <summary>Events asked for that have not come.</summary>
        public int Asked { get; set; }

        public List<Waiter> Waiters { get; } = [];

        /// <summary>Events that came when nobody waited any more, oldest first.</summary>
        public Queue<JsonElement?> Kept { get; } = new();
    }

    abstract class Waiter
    {
        public CancellationTokenRegistration Cancellation { get; set; }

        public abstract void Complete(JsonElement? payload);
    }

    /// <summary>Its continuations run where it is completed: inside the turn.</summary>
    sealed class Waiter<TEvent> : Waiter
    {
        readonly TaskCompletionSource<TEvent> _source = new();

        public Task<TEvent> Task => _source.Task;

        public void Cancel(CancellationToken cancellationToken) => _source.TrySetCanceled(cancellationToken);

        public override void Complete(JsonElement? payload)
        {
            Cancellation.Unregister();
            TEvent value;
            try
            {
                value = Elements.To<TEvent>(payload);
            }
            catch (Exception e)
            {
                // Whatever a converter throws is the waiting code's to see.
                _source.TrySetException(e);
                return;
            }

            _source.TrySetResult(value);
        }
    }
}
