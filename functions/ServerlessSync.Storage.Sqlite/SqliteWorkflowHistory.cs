using System.Runtime.CompilerServices;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>The local engine's history in a SQLite file.</summary>
/// <param name="database">The open file; whoever opened it closes it.</param>
/// <param name="clock">Measures, monotonically, how long a lease has not been renewed.</param>
public sealed class SqliteWorkflowHistory(SqliteDatabase database, TimeProvider clock) : IWorkflowHistory
{
    long _epoch;

    /// <inheritdoc/>
    public async Task AcquireAsync(HistoryOwner owner, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        Lease? seen = null;
        var since = 0L;
        while (true)
        {
            var stale = seen is not null && clock.GetElapsedTime(since) >= leaseTime ? seen : null;
            if (await TryTakeAsync(owner, stale, cancellationToken) is var (taken, lease))
            {
                if (taken)
                {
                    Volatile.Write(ref _epoch, lease.Epoch);
                    return;
                }

                if (lease != seen)
                {
                    (seen, since) = (lease, clock.GetTimestamp());
                }
            }

            await Task.Delay(leaseTime / 4, clock, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task RenewAsync(CancellationToken cancellationToken) =>
        database.SubmitAsync(new LeaseSign(Epoch, release: false), cancellationToken).AsTask();

    /// <inheritdoc/>
    public Task ReleaseAsync(CancellationToken cancellationToken) =>
        database.SubmitAsync(new LeaseSign(Epoch, release: true), cancellationToken).AsTask();

    /// <inheritdoc/>
    public Task<bool> CreateAsync(NewInstance instance, CancellationToken cancellationToken) =>
        database.SubmitAsync(new CreateRun(Epoch, instance), cancellationToken).AsTask();

    /// <inheritdoc/>
    public Task<MessageReceipt> AddMessageAsync(string instanceId, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        database.SubmitAsync(new SendMessage(Epoch, instanceId, message), cancellationToken).AsTask();

    /// <inheritdoc/>
    public Task<TurnReceipt> CommitTurnAsync(TurnCommit turn, CancellationToken cancellationToken) =>
        database.SubmitAsync(new StoreTurn(Epoch, turn), cancellationToken).AsTask();

    /// <inheritdoc/>
    public Task<StoredInstance?> LoadAsync(string instanceId, CancellationToken cancellationToken) =>
        ReadAsync(session => session.AtOnce(history => history.Load(instanceId)), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadUnfinishedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = new List<string>();
        var after = string.Empty;
        for (var more = true; more; after = more ? page[^1] : after)
        {
            var from = after;
            more = await ReadAsync(session => session.History.ReadUnfinished(from, page), cancellationToken);
            foreach (var id in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return id;
            }
        }
    }

    /// <inheritdoc/>
    public Task<WorkflowInstance?> GetAsync(string instanceId, CancellationToken cancellationToken) =>
        ReadAsync(session => session.History.Get(instanceId), cancellationToken);

    /// <inheritdoc/>
    public Task<WorkflowInstancePage> ListAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken) =>
        ReadAsync(session => session.History.List(query), cancellationToken);

    /// <inheritdoc/>
    public Task<int> PurgeAsync(DateTimeOffset endedBefore, int most, CancellationToken cancellationToken) =>
        database.SubmitAsync(new PurgeRuns(Epoch, endedBefore, most), cancellationToken).AsTask();

    long Epoch => Volatile.Read(ref _epoch);

    /// <summary>Null when the file was busy: a host that hangs in the middle of a write can be replaced only when it has gone.</summary>
    async Task<(bool Taken, Lease Lease)?> TryTakeAsync(HistoryOwner owner, Lease? stale, CancellationToken cancellationToken)
    {
        try
        {
            return await database.SubmitAsync(new TakeLease(owner, stale), cancellationToken);
        }
        catch (StoreException e) when (FileBusyException.IsIn(e))
        {
            return null;
        }
    }

    async Task<T> ReadAsync<T>(Func<ReadSession, T> read, CancellationToken cancellationToken)
    {
        var reader = await database.Readers.RentAsync(cancellationToken);
        try
        {
            return read(reader);
        }
        finally
        {
            database.Readers.Return(reader);
        }
    }
}
