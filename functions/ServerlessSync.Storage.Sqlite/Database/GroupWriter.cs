using System.Threading.Channels;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>
/// The one writer of a file. It takes all work that waits into one transaction, so that one fsync serves every caller of the group,
/// and answers none of them before that fsync.
/// </summary>
sealed class GroupWriter
{
    const int GroupWorks = 256;
    const int GroupBytes = 8 * 1024 * 1024;
    const int QueuedWorks = 4096;

    readonly Channel<WriteWork> _queue = Channel.CreateBounded<WriteWork>(new BoundedChannelOptions(QueuedWorks)
    {
        SingleReader = true,

        // What continues inline is this class alone: waking the writer, or going on to wait for the answer.
        AllowSynchronousContinuations = true,
    });

    readonly List<WriteWork> _group = new(GroupWorks);
    readonly SqliteConnection _connection;
    readonly SqliteStatement _begin;
    readonly SqliteStatement _commit;
    readonly WriteSession _session;
    readonly Checkpointer _checkpointer;
    readonly Thread _thread;
    StoreException? _broken;

    public GroupWriter(SqliteConnection connection, Checkpointer checkpointer)
    {
        _connection = connection;
        _checkpointer = checkpointer;
        _begin = connection.Prepare("BEGIN IMMEDIATE");
        _commit = connection.Prepare("COMMIT");
        _session = new(connection);
        _thread = new(Run) { IsBackground = true, Name = "sqlite writer" };
        _thread.Start();
    }

    /// <summary>Hands work to the writer. Once it is taken it can no longer be cancelled: its outcome would be unknown.</summary>
    public ValueTask<T> SubmitAsync<T>(WriteWork<T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _queue.Writer.TryWrite(work) ? new(work.Task) : SubmitWhenRoomAsync(work, cancellationToken);
    }

    /// <summary>Takes no more work, stores all it has taken and ends.</summary>
    public void Stop()
    {
        _queue.Writer.TryComplete();
        _thread.Join();
        _connection.Dispose();
    }

    async ValueTask<T> SubmitWhenRoomAsync<T>(WriteWork<T> work, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(work, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new StoreException(StoreFailure.Unavailable, $"'{_connection.Path}' has been closed.", e);
        }

        return await work.Task;
    }

    void Run()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            TakeGroup();
            StoreGroup();
            Checkpoint();
        }
    }

    void TakeGroup()
    {
        _group.Clear();
        var bytes = 0;
        while (_group.Count < GroupWorks && bytes < GroupBytes && _queue.Reader.TryRead(out var work))
        {
            _group.Add(work);
            bytes += work.Size;
        }
    }

    void StoreGroup()
    {
        if (_broken is not null)
        {
            FailGroup(_broken);
            return;
        }

        try
        {
            _begin.Run();
            _session.Begun();
            foreach (var work in _group)
            {
                work.Apply(_session);
            }

            _commit.Run();
        }
        catch (Exception e)
        {
            Undo(e);
            return;
        }

        foreach (var work in _group)
        {
            work.Publish();
        }
    }

    void Undo(Exception cause)
    {
        try
        {
            if (_connection.InTransaction)
            {
                _connection.Execute("ROLLBACK");
            }
        }
        catch (StoreException e)
        {
            _broken = e;
        }

        _session.RolledBack();
        StopWhenUnsafe();
        FailGroup(cause as StoreException ?? new StoreException(StoreFailure.Unavailable, "The group this write was in could not be stored.", cause));
    }

    /// <summary>
    /// After a failed write to disk, or on a damaged file, nothing may be acknowledged any more, even if a later write seems to succeed.
    /// SQLite's own answers decide that: one damaged row in a sound file does not.
    /// </summary>
    void StopWhenUnsafe() => _broken ??= _connection.Fatal ?? _checkpointer.Fatal;

    void FailGroup(StoreException cause)
    {
        foreach (var work in _group)
        {
            work.Fail(new StoreException(cause.Failure, cause.Message, cause));
        }
    }

    void Checkpoint()
    {
        try
        {
            _checkpointer.AfterGroup(_connection);
        }
        catch (StoreException)
        {
            // Looked at below; the log has everything that was acknowledged.
        }

        StopWhenUnsafe();
    }
}
