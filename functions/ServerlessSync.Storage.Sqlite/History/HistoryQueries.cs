using System.Text.Json;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>A reader's statements on runs. What does not fit its checksum is never handed out.</summary>
sealed class HistoryQueries(SqliteConnection connection)
{
    const int PageIds = 1000;

    readonly SqliteStatement _get = connection.Prepare(
        $"SELECT {RunColumns.State}, {RunColumns.Content} FROM instances WHERE id = ?1");

    readonly SqliteStatement _events = connection.Prepare("SELECT first, seal, body FROM events WHERE inst = ?1 ORDER BY first");
    readonly SqliteStatement _messages = connection.Prepare("SELECT number, seal, body FROM messages WHERE inst = ?1 ORDER BY number");

    // The index alone answers, so a damaged row cannot hide its run.
    readonly SqliteStatement _unfinished = connection.Prepare("SELECT id FROM instances WHERE status <= 2 AND id > ?1 ORDER BY id LIMIT ?2");

    readonly SqliteStatement _list = connection.Prepare($"SELECT {RunColumns.State} {RunColumns.Filter}");
    readonly SqliteStatement _listWhole = connection.Prepare($"SELECT {RunColumns.State}, {RunColumns.Content} {RunColumns.Filter}");

    /// <exception cref="StoreException"><see cref="StoreFailure.Corrupt"/>: the run is damaged.</exception>
    public WorkflowInstance? Get(string instanceId) => Find(instanceId)?.Instance;

    /// <exception cref="StoreException"><see cref="StoreFailure.Corrupt"/>: the run, one of its events or of its messages is damaged.</exception>
    public StoredInstance? Load(string instanceId) =>
        Find(instanceId) is { } run ? new(run.Instance, run.Parent, ReadEvents(run), ReadMessages(run)) : null;

    /// <summary>The next ids of runs that have not ended; answers whether there may be more.</summary>
    public bool ReadUnfinished(string after, List<string> page)
    {
        page.Clear();
        _unfinished.Bind(1, after).Bind(2, PageIds);
        while (_unfinished.Step())
        {
            page.Add(_unfinished.Text(0));
        }

        return page.Count == PageIds;
    }

    /// <summary>A page of the runs that are sound.</summary>
    public WorkflowInstancePage List(WorkflowInstanceQuery query)
    {
        var size = Math.Clamp(query.PageSize, 1, 1000);
        var whole = query.FetchInputsAndOutputs;
        var list = Filter(whole ? _listWhole : _list, query);
        var page = new List<WorkflowInstance>(size);
        while (list.Step())
        {
            if (!RunColumns.IsSound(list, whole))
            {
                continue;
            }

            if (page.Count == size)
            {
                list.Reset();
                return new(page, page[^1].InstanceId);
            }

            page.Add(RunColumns.Read(list, whole));
        }

        return new(page, null);
    }

    static SqliteStatement Filter(SqliteStatement list, WorkflowInstanceQuery query)
    {
        var prefix = RowBounds.Comparable((query.InstanceIdPrefix ?? string.Empty).TrimEnd('\uffff'));
        var from = query.ContinuationToken is { } token ? RowBounds.After(RowBounds.Comparable(token)) : string.Empty;
        list.Bind(1, string.CompareOrdinal(from, prefix) > 0 ? from : prefix);
        _ = prefix.Length == 0
            ? list.Bind(2, ReadOnlySpan<byte>.Empty)
            : list.Bind(2, RowBounds.Comparable(KeyRange.StartingWith(prefix).Before!));
        list.Bind(3, query.CreatedFrom?.UtcTicks ?? 0).Bind(4, query.CreatedTo?.UtcTicks ?? long.MaxValue);
        return list.Bind(5, query.Statuses.Count == 0 ? -1 : query.Statuses.Aggregate(0L, (mask, status) => mask | (1L << (int)status)));
    }

    FoundRun? Find(string instanceId)
    {
        if (!_get.Bind(1, instanceId).Step())
        {
            return null;
        }

        try
        {
            return RunColumns.IsSound(_get, whole: true)
                ? new(RunColumns.Read(_get, whole: true), RunColumns.Parent(_get), RunColumns.Inst(_get), RunColumns.Events(_get))
                : throw RunColumns.Damaged(instanceId, "its state");
        }
        catch (JsonException e)
        {
            throw RunColumns.Damaged(instanceId, "its failure", e);
        }
        finally
        {
            _get.Reset();
        }
    }

    List<ReadOnlyMemory<byte>> ReadEvents(FoundRun run)
    {
        var events = new List<ReadOnlyMemory<byte>>();
        foreach (var chunk in ReadParts(_events, run, "one of its events"))
        {
            EventChunk.Split(chunk.Message, events);
        }

        return events.Count == run.Events ? events : throw RunColumns.Damaged(run.Instance.InstanceId, "the number of its events");
    }

    List<StoredMessage> ReadMessages(FoundRun run) => ReadParts(_messages, run, "one of its messages");

    /// <summary>Bytes with the number they stand at.</summary>
    static List<StoredMessage> ReadParts(SqliteStatement statement, FoundRun run, string what)
    {
        var parts = new List<StoredMessage>();
        statement.Bind(1, run.Inst);
        while (statement.Step())
        {
            var number = statement.Number(0);
            if (statement.Number(1) != Seal.OfPart(run.Inst, number, statement.Blob(2)))
            {
                statement.Reset();
                throw RunColumns.Damaged(run.Instance.InstanceId, what);
            }

            parts.Add(new(number, statement.Bytes(2)));
        }

        return parts;
    }

    readonly record struct FoundRun(WorkflowInstance Instance, string? Parent, long Inst, int Events);
}
