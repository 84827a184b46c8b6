using System.Text.Json;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>A reader's statements on runs.</summary>
sealed class HistoryQueries(SqliteConnection connection)
{
    const int PageIds = 1000;
    const string State = "id, name, version, status, created, updated, failure";

    readonly SqliteStatement _get = connection.Prepare($"SELECT {State}, custom, output, input, parent, inst FROM instances WHERE id = ?1");
    readonly SqliteStatement _events = connection.Prepare("SELECT body FROM events WHERE inst = ?1 ORDER BY first");
    readonly SqliteStatement _messages = connection.Prepare("SELECT number, body FROM messages WHERE inst = ?1 ORDER BY number");
    readonly SqliteStatement _unfinished = connection.Prepare("SELECT id FROM instances WHERE status <= 2 AND id > ?1 ORDER BY id LIMIT ?2");

    readonly SqliteStatement _list = connection.Prepare(
        $"""
        SELECT {State}, iif(?7, custom, NULL), iif(?7, output, NULL), iif(?7, input, NULL) FROM instances
        WHERE id >= ?1 AND id < ?2 AND created >= ?3 AND created <= ?4 AND (?5 >> status) & 1 ORDER BY id LIMIT ?6
        """);

    public WorkflowInstance? Get(string instanceId)
    {
        if (!_get.Bind(1, instanceId).Step())
        {
            return null;
        }

        var instance = ReadInstance(_get);
        _get.Reset();
        return instance;
    }

    public StoredInstance? Load(string instanceId)
    {
        if (!_get.Bind(1, instanceId).Step())
        {
            return null;
        }

        var (instance, parent, inst) = (ReadInstance(_get), _get.TextOrNull(10), _get.Number(11));
        _get.Reset();
        var events = new List<ReadOnlyMemory<byte>>();
        _events.Bind(1, inst);
        while (_events.Step())
        {
            EventChunk.Split(_events.Bytes(0), events);
        }

        var messages = new List<StoredMessage>();
        _messages.Bind(1, inst);
        while (_messages.Step())
        {
            messages.Add(new(_messages.Number(0), _messages.Bytes(1)));
        }

        return new(instance, parent, events, messages);
    }

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

    public WorkflowInstancePage List(WorkflowInstanceQuery query)
    {
        var size = Math.Clamp(query.PageSize, 1, 1000);
        BindFilter(query);
        _list.Bind(6, size + 1).Bind(7, query.FetchInputsAndOutputs ? 1 : 0);
        var page = new List<WorkflowInstance>(size + 1);
        while (_list.Step())
        {
            page.Add(ReadInstance(_list));
        }

        if (page.Count <= size)
        {
            return new(page, null);
        }

        page.RemoveAt(size);
        return new(page, page[^1].InstanceId);
    }

    void BindFilter(WorkflowInstanceQuery query)
    {
        var prefix = RowBounds.Comparable((query.InstanceIdPrefix ?? string.Empty).TrimEnd('\uffff'));
        var from = query.ContinuationToken is { } token ? RowBounds.After(RowBounds.Comparable(token)) : string.Empty;
        _list.Bind(1, string.CompareOrdinal(from, prefix) > 0 ? from : prefix);
        _ = prefix.Length == 0
            ? _list.Bind(2, ReadOnlySpan<byte>.Empty)
            : _list.Bind(2, RowBounds.Comparable(KeyRange.StartingWith(prefix).Before!));
        _list.Bind(3, query.CreatedFrom?.UtcTicks ?? 0).Bind(4, query.CreatedTo?.UtcTicks ?? long.MaxValue);
        _list.Bind(5, query.Statuses.Count == 0 ? -1 : query.Statuses.Aggregate(0L, (mask, status) => mask | (1L << (int)status)));
    }

    static WorkflowInstance ReadInstance(SqliteStatement row) => new()
    {
        InstanceId = row.Text(0),
        Name = row.Text(1),
        Version = row.Text(2),
        Status = (WorkflowStatus)row.Number(3),
        CreatedAt = new(row.Number(4), TimeSpan.Zero),
        LastUpdatedAt = new(row.Number(5), TimeSpan.Zero),
        Failure = row.IsNull(6) ? null : JsonSerializer.Deserialize<WorkflowFailure>(row.Bytes(6), MeshJson.Options),
        CustomStatus = row.TextOrNull(7),
        Output = row.TextOrNull(8),
        Input = row.TextOrNull(9),
    };
}
