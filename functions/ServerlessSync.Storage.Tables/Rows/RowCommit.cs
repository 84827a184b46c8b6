using ServerlessSync.Storage.Tables.Client;

namespace ServerlessSync.Storage.Tables.Rows;

/// <summary>One commit: sends it, makes the table when there is none, and settles it when an answer was lost.</summary>
sealed class RowCommit(TableClient table, RowBatch batch)
{
    readonly string _operation = OperationChain.NewId();
    readonly List<int> _open = [.. Enumerable.Range(0, batch.Writes.Count)];
    readonly string?[] _etags = new string?[batch.Writes.Count];
    bool _madeTable;

    public async Task<CommitResult> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await SendAsync(cancellationToken);
                return new CommitResult(-1, _etags);
            }
            catch (TableFailedException e) when (e.IsTableNotFound && !_madeTable)
            {
                await table.CreateIfNotExistsAsync(cancellationToken);
                _madeTable = true;
            }
            catch (TableFailedException e) when (e.IsConflict)
            {
                if (await AnswerAsync(e, cancellationToken) is { } answer)
                {
                    return answer;
                }
            }
        }
    }

    /// <summary>The answer to the caller, or null when the rest of the batch is to be sent.</summary>
    async Task<CommitResult?> AnswerAsync(TableFailedException failure, CancellationToken cancellationToken)
    {
        if (failure.Repeated && _open.Exists(index => batch.Writes[index].Condition != RowCondition.None) && await SettleAsync(cancellationToken))
        {
            return new CommitResult(-1, _etags);
        }

        var failed = Math.Min(failure.FailedTransactionActionIndex, _open.Count - 1);
        if (!failure.IsAbsent || !DeletesAnything(batch.Writes[_open[failed]]))
        {
            return CommitResult.Conflict(_open[failed]);
        }

        // Deleting what is not there is done; the other writes still have to be.
        _open.RemoveAt(failed);
        return _open.Count == 0 ? new CommitResult(-1, _etags) : null;
    }

    static bool DeletesAnything(RowWrite write) => write is { Condition: RowCondition.None, Body: null };

    async Task SendAsync(CancellationToken cancellationToken)
    {
        if (_open is [var only])
        {
            Keep(only, await SendSingleAsync(batch.Writes[only], cancellationToken));
            return;
        }

        var etags = await table.SubmitTransactionAsync(_open.ConvertAll(i => ActionOf(batch.Writes[i])), cancellationToken);
        for (var i = 0; i < etags.Length; i++)
        {
            Keep(_open[i], etags[i]);
        }
    }

    async Task<string?> SendSingleAsync(RowWrite write, CancellationToken cancellationToken)
    {
        var action = ActionOf(write);
        switch (action.ActionType)
        {
            case TableTransactionActionType.Add:
                return await table.AddEntityAsync(action.Entity, cancellationToken);
            case TableTransactionActionType.UpdateReplace:
                return await table.UpdateEntityAsync(action.Entity, action.ETag, cancellationToken);
            case TableTransactionActionType.UpsertReplace:
                return await table.UpsertEntityAsync(action.Entity, cancellationToken);
            default:
                await table.DeleteEntityAsync(batch.Partition, write.Key, action.ETag, cancellationToken);
                return null;
        }
    }

    TableTransactionAction ActionOf(RowWrite write)
    {
        var entity = RowEntities.ToEntity(batch, write, _operation);
        var etag = write.Condition == RowCondition.Match ? RowETag.Parse(write.ETag).Service : "*";
        return (write.Body, write.Condition) switch
        {
            (null, _) => new(TableTransactionActionType.Delete, entity, etag),
            (_, RowCondition.Absent) => new(TableTransactionActionType.Add, entity),
            (_, RowCondition.Match) => new(TableTransactionActionType.UpdateReplace, entity, etag),
            _ => new(TableTransactionActionType.UpsertReplace, entity),
        };
    }

    void Keep(int index, string? service)
    {
        var write = batch.Writes[index];
        _etags[index] = write.Body is null || service is null
            ? null
            : new RowETag(service, OperationChain.Next(_operation, write.Condition, RowETag.Parse(write.ETag).Operations)).ToString();
    }

    /// <summary>True when the commit happened, false when it did not.</summary>
    /// <exception cref="StoreException">Reading does not tell.</exception>
    async Task<bool> SettleAsync(CancellationToken cancellationToken)
    {
        foreach (var index in _open)
        {
            var write = batch.Writes[index];
            switch (LostAnswer.Judge(write, _operation, await ReadAsync(write.Key, cancellationToken)))
            {
                case Verdict.Committed:
                    await ReadETagsAsync(cancellationToken);
                    return true;
                case Verdict.NotCommitted:
                    return false;
                default:
                    continue;
            }
        }

        throw new StoreException(StoreFailure.Unavailable, $"Table storage lost an answer, and the rows of '{batch.Table}' no longer tell whether the commit happened.");
    }

    /// <summary>The ETags of a commit that happened; a row that others have changed since has one that fits no more.</summary>
    async Task ReadETagsAsync(CancellationToken cancellationToken)
    {
        foreach (var index in _open)
        {
            var write = batch.Writes[index];
            if (write.Body is not null)
            {
                var row = await ReadAsync(write.Key, cancellationToken);
                _etags[index] = row is not null && OperationChain.Newest(RowETag.Parse(row.ETag).Operations) == _operation ? row.ETag : RowETag.Never.ToString();
            }
        }
    }

    async Task<Row?> ReadAsync(string key, CancellationToken cancellationToken) =>
        await table.GetEntityIfExistsAsync(batch.Partition, key, cancellationToken) is { } entity ? RowEntities.ToRow(entity, batch.Table) : null;
}
