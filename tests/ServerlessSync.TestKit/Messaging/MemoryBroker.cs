using ServerlessSync.Mesh.Messaging;

namespace ServerlessSync.TestKit.Messaging;

/// <summary>
/// One queue of Service Bus in memory, as its documentation has it: sessions held by one receiver, peek-lock with an end, delivery count, dead
/// letters, duplicate detection. No broker can be had in these tests: what holds here still has to be seen on the real one.
/// </summary>
public sealed class MemoryBroker(TimeProvider clock) : IMessageSender
{
    readonly Lock _gate = new();
    readonly Dictionary<string, DateTimeOffset> _known = new(StringComparer.Ordinal);
    readonly List<Stored> _stored = [];
    readonly List<(QueueMessage Message, string Reason)> _deadLetters = [];
    TaskCompletionSource _sent = NewSignal();

    /// <summary>How long the id of a message is remembered.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a message that was received stays its receiver's.</summary>
    public TimeSpan LockTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Deliveries after which a message is put aside.</summary>
    public int MostDeliveries { get; init; } = 10;

    /// <summary>Set, every send fails with it.</summary>
    public Exception? Away { get; set; }

    /// <summary>Messages that lie in the queue, received or not, the oldest first.</summary>
    public IReadOnlyList<QueueMessage> Messages
    {
        get
        {
            lock (_gate)
            {
                return [.. _stored.Select(stored => stored.Message)];
            }
        }
    }

    /// <summary>What was put aside, with the reason.</summary>
    public IReadOnlyList<(QueueMessage Message, string Reason)> DeadLetters
    {
        get
        {
            lock (_gate)
            {
                return [.. _deadLetters];
            }
        }
    }

    /// <inheritdoc/>
    public Task SendAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Away is { } away)
        {
            throw new MessageSendException(away.Message, away);
        }

        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (!_known.TryGetValue(message.Id, out var last) || now - last >= Window)
            {
                _known[message.Id] = now;
                _stored.Add(new Stored(message));
                _sent.SetResult();
                _sent = NewSignal();
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Waits until so many messages lie in the queue.</summary>
    public async Task WaitForMessagesAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task sent;
            lock (_gate)
            {
                if (_stored.Count >= count)
                {
                    return;
                }

                sent = _sent.Task;
            }

            await sent.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The first message of a session nobody holds, or null; it is the caller's until it is settled or its lock ends.</summary>
    public Received? Receive()
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            PutAside(now);
            var held = _stored.Where(stored => stored.LockedUntil > now).Select(stored => stored.Message.Session).ToHashSet(StringComparer.Ordinal);
            if (_stored.Find(stored => !held.Contains(stored.Message.Session)) is not { } next)
            {
                return null;
            }

            next.Deliveries++;
            next.LockedUntil = now + LockTime;
            return new Received(this, next, next.Deliveries);
        }
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A message delivered as often as it may be comes no more, once its last lock has ended.</summary>
    void PutAside(DateTimeOffset now)
    {
        foreach (var stored in _stored.Where(stored => stored.Deliveries >= MostDeliveries && stored.LockedUntil <= now).ToList())
        {
            _stored.Remove(stored);
            _deadLetters.Add((stored.Message, "MaxDeliveryCountExceeded"));
        }
    }

    void Settle(Stored stored, int delivery, Action settle)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (stored.Deliveries != delivery || stored.LockedUntil <= now || !_stored.Contains(stored))
            {
                throw new InvalidOperationException("The lock on the message is lost.");
            }

            settle();
        }
    }

    /// <summary>A message that was received.</summary>
    public sealed class Received
    {
        readonly MemoryBroker _broker;
        readonly Stored _stored;

        internal Received(MemoryBroker broker, Stored stored, int deliveries) => (_broker, _stored, Deliveries) = (broker, stored, deliveries);

        /// <summary>The message.</summary>
        public QueueMessage Message => _stored.Message;

        /// <summary>How often it has been delivered.</summary>
        public int Deliveries { get; }

        /// <summary>It has done its work.</summary>
        public void Complete() => _broker.Settle(_stored, Deliveries, () => _broker._stored.Remove(_stored));

        /// <summary>It comes again at once.</summary>
        public void Abandon() => _broker.Settle(_stored, Deliveries, () => _stored.LockedUntil = DateTimeOffset.MinValue);

        /// <summary>It is put aside.</summary>
        public void PutAside(string reason) => _broker.Settle(_stored, Deliveries, () =>
        {
            _broker._stored.Remove(_stored);
            _broker._deadLetters.Add((_stored.Message, reason));
        });
    }

    internal sealed class Stored(QueueMessage message)
    {
        public QueueMessage Message { get; } = message;

        public int Deliveries { get; set; }

        public DateTimeOffset LockedUntil { get; set; } = DateTimeOffset.MinValue;
    }
}
