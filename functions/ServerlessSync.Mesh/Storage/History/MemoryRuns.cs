using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Storage;

/// <summary>The data behind <see cref="MemoryWorkflowHistory"/>. Every member is one short critical section.</summary>
sealed class MemoryRuns
{
    readonly Lock _gate = new();
    readonly Dictionary<string, MemoryRun> _runs = new(StringComparer.Ordinal);
    string[]? _ids;
    HistoryOwner? _holder;
    long _epoch;
    long _renewals;
    long _messages;

    /// <summary>Takes the lease when it is free, held by this very process, or was not renewed since <paramref name="seen"/>.</summary>
    public bool TryAcquire(HistoryOwner owner, ref long seen, out long epoch)
    {
        lock (_gate)
        {
            if (_holder is not null && _holder != owner && seen != _renewals)
            {
                seen = _renewals;
                epoch = 0;
                return false;
            }

            _holder = owner;
            _renewals++;
            epoch = ++_epoch;
            return true;
        }
    }

    public long Renew(long epoch)
    {
        lock (_gate)
        {
            Check(epoch);
            return ++_renewals;
        }
    }

    public long Release(long epoch)
    {
        lock (_gate)
        {
            Check(epoch);
            _holder = null;
            return ++_epoch;
        }
    }

    public bool Create(long epoch, NewInstance instance)
    {
        lock (_gate)
        {
            Check(epoch);
            return Insert(instance);
        }
    }

    public MessageReceipt Add(long epoch, string instanceId, ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            Check(epoch);
            return Put(instanceId, message);
        }
    }

    public TurnReceipt Commit(long epoch, TurnCommit turn)
    {
        lock (_gate)
        {
            Check(epoch);
            if (!_runs.TryGetValue(turn.Instance.InstanceId, out var run) || run.Events.Count != turn.ExpectedEvents)
            {
                throw new StoreException(StoreFailure.Fenced, $"Another turn of '{turn.Instance.InstanceId}' was stored.");
            }

            run.Apply(turn);
            return turn.Children.Count + turn.Messages.Count == 0
                ? TurnReceipt.Empty
                : new([.. turn.Children.Select(Insert)], [.. turn.Messages.Select(m => Put(m.InstanceId, m.Message))]);
        }
    }

    public StoredInstance? Load(string instanceId)
    {
        lock (_gate)
        {
            return _runs.TryGetValue(instanceId, out var run)
                ? new(run.Instance, run.Parent, [.. run.Events], [.. run.Messages])
                : null;
        }
    }

    public WorkflowInstance? Get(string instanceId)
    {
        lock (_gate)
        {
            return _runs.GetValueOrDefault(instanceId)?.Instance;
        }
    }

    public IReadOnlyList<string> Unfinished()
    {
        lock (_gate)
        {
            return [.. Ids().Where(id => !_runs[id].Instance.HasEnded)];
        }
    }

    public WorkflowInstancePage List(WorkflowInstanceQuery query)
    {
        lock (_gate)
        {
            var ids = Ids();
            var from = query.ContinuationToken is null ? 0 : Array.BinarySearch(ids, query.ContinuationToken, StringComparer.Ordinal);
            List<WorkflowInstance> page = [];
            for (var i = from < 0 ? ~from : query.ContinuationToken is null ? 0 : from + 1; i < ids.Length; i++)
            {
                var instance = _runs[ids[i]].Instance;
                if (!Matches(instance, query))
                {
                    continue;
                }

                if (page.Count == query.PageSize)
                {
                    return new(page, page[^1].InstanceId);
                }

                page.Add(query.FetchInputsAndOutputs ? instance : instance with { Input = null, Output = null, CustomStatus = null });
            }

            return new(page, null);
        }
    }

    public int Purge(long epoch, DateTimeOffset endedBefore, int most)
    {
        lock (_gate)
        {
            Check(epoch);
            List<string> old =
            [
                .. _runs.Where(r => r.Value.Instance.HasEnded && r.Value.Instance.LastUpdatedAt < endedBefore && !IsAtWork(r.Value.Parent))
                    .Select(r => r.Key).Take(most),
            ];
            foreach (var id in old)
            {
                _runs.Remove(id);
                _ids = null;
            }

            return old.Count;
        }
    }

    bool IsAtWork(string? id) => id is not null && _runs.TryGetValue(id, out var run) && !run.Instance.HasEnded;

    static bool Matches(WorkflowInstance instance, WorkflowInstanceQuery query) =>
        (query.Statuses.Count == 0 || query.Statuses.Contains(instance.Status))
        && !(instance.CreatedAt < query.CreatedFrom)
        && !(instance.CreatedAt > query.CreatedTo)
        && (query.InstanceIdPrefix is null || instance.InstanceId.StartsWith(query.InstanceIdPrefix, StringComparison.Ordinal));

    bool Insert(NewInstance instance)
    {
        if (!_runs.TryAdd(instance.Instance.InstanceId, new MemoryRun(instance)))
        {
            return false;
        }

        _ids = null;
        return true;
    }

    MessageReceipt Put(string instanceId, ReadOnlyMemory<byte> message)
    {
        if (!_runs.TryGetValue(instanceId, out var run))
        {
            return new(SignalResult.NotFound, 0);
        }

        if (run.Instance.HasEnded)
        {
            return new(SignalResult.Ended, 0);
        }

        run.Messages.Add(new(++_messages, message));
        return new(SignalResult.Accepted, _messages);
    }

    string[] Ids()
    {
        if (_ids is null)
        {
            _ids = [.. _runs.Keys];
            Array.Sort(_ids, StringComparer.Ordinal);
        }

        return _ids;
    }

    void Check(long epoch)
    {
        if (epoch != _epoch || _holder is null)
        {
            throw new StoreException(StoreFailure.Fenced, "Another owner has taken the history over.");
        }
    }

    sealed class MemoryRun(NewInstance created)
    {
        public WorkflowInstance Instance { get; private set; } = created.Instance;

        public string? Parent { get; } = created.ParentInstanceId;

        public List<ReadOnlyMemory<byte>> Events { get; } = [.. created.Events];

        public List<StoredMessage> Messages { get; } = [];

        public void Apply(TurnCommit turn)
        {
            Instance = turn.Instance;
            if (turn.NewGeneration)
            {
                Events.Clear();
            }

            Events.AddRange(turn.NewEvents);
            if (turn.ConsumedMessages.Count > 0)
            {
                Messages.RemoveAll(m => turn.ConsumedMessages.Contains(m.Number));
            }
        }
    }
}
