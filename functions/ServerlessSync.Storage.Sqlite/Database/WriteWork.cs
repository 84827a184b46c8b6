namespace ServerlessSync.Storage.Sqlite;

/// <summary>Work for the one writer. It is applied within a group's transaction and answered when the group is on disk.</summary>
abstract class WriteWork
{
    /// <summary>About how many bytes it writes; bounds a group.</summary>
    public abstract int Size { get; }

    /// <summary>Checks its conditions, then writes, or writes nothing. A <see cref="StoreException"/> out of here fails the whole group.</summary>
    public abstract void Apply(WriteSession session);

    /// <summary>Answers the caller; called once the group is durable.</summary>
    public abstract void Publish();

    /// <summary>Tells the caller that nothing was stored.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>Work with an answer.</summary>
abstract class WriteWork<T> : WriteWork
{
    readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    StoreException? _refusal;
    T? _answer;

    public Task<T> Task => _done.Task;

    public sealed override void Apply(WriteSession session)
    {
        _refusal = null;
        _answer = Write(session);
    }

    public sealed override void Publish()
    {
        if (_refusal is null)
        {
            _done.TrySetResult(_answer!);
        }
        else
        {
            _done.TrySetException(_refusal);
        }
    }

    public sealed override void Fail(Exception exception) => _done.TrySetException(exception);

    protected abstract T? Write(WriteSession session);

    /// <summary>Ends this work alone, with nothing written, while its group goes on.</summary>
    protected T? Refuse(StoreException refusal)
    {
        _refusal = refusal;
        return default;
    }
}
