using System.Globalization;
using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Audit;

namespace ServerlessSync.Mesh.Storage;

/// <summary>The comparisons of each target; at most one is under way at a time.</summary>
public sealed class ReconciliationStore(Partitions partitions)
{
    internal const string LastKey = "last";
    const string ScheduleKey = "schedule";
    const string ChangesScheduleKey = "schedule-changes";
    const string ChangesKey = "changes";

    /// <summary>What keys of comparisons begin with; <see cref="LastKey"/> sorts before them.</summary>
    internal const string RunPrefix = "r-";

    /// <summary>Begins a comparison, unless one is under way; the same workflow again gets the one it began.</summary>
    /// <param name="make">Makes its row from its number.</param>
    /// <param name="target">The target.</param>
    /// <param name="run">The workflow's instance id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The comparison that is under way now.</returns>
    public Task<ReconciliationRun> BeginAsync(string target, string run, Func<long, ReconciliationRun> make, CancellationToken cancellationToken) =>
        partitions.EditAsync(
            TableNames.Reconciliations,
            KeyText.Encode(target),
            async edit =>
            {
                var last = await edit.ReadAsync<ReconciliationRun>(LastKey, cancellationToken);
                if (last is { EndedAt: null } || last?.Run == run)
                {
                    return last!;
                }

                var next = make((last?.Number ?? 0) + 1);
                edit.Save(LastKey, next);
                edit.Save(KeyOf(next.Number), next);
                return next;
            },
            cancellationToken);

    /// <summary>Changes a comparison, under way or ended; it stays as it is when another one took its place.</summary>
    public Task<ReconciliationRun?> ChangeAsync(
        string target, string run, Func<ReconciliationRun, ReconciliationRun> change, CancellationToken cancellationToken) =>
        EditAsync(target, run, (_, last) => Task.FromResult(change(last)), cancellationToken);

    /// <summary>Ends a comparison, and changes from where on changes are followed, together; one that has ended stays as it is.</summary>
    /// <param name="target">The target.</param>
    /// <param name="run">The workflow's instance id.</param>
    /// <param name="end">What it has become.</param>
    /// <param name="follow">What is followed now, given the ended comparison.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The comparison; null when another one took its place.</returns>
    public Task<ReconciliationRun?> EndAsync(
        string target,
        string run,
        Func<ReconciliationRun, ReconciliationRun> end,
        Func<ReconciliationRun, FollowedChanges, FollowedChanges> follow,
        CancellationToken cancellationToken) =>
        EditAsync(
            target,
            run,
            async (edit, last) =>
            {
                if (last.EndedAt is not null)
                {
                    return last;
                }

                var ended = end(last);
                if (await ReadChangesAsync(edit, cancellationToken) is { } followed)
                {
                    edit.Save(ChangesKey, follow(ended, followed));
                }

                return ended;
            },
            cancellationToken);

    /// <summary>From where on the changes of a target are followed; null where they never were.</summary>
    public async Task<FollowedChanges?> FindChangesAsync(string target, CancellationToken cancellationToken)
    {
        var row = await partitions.Store.GetAsync(new RowAddress(TableNames.Reconciliations, KeyText.Encode(target), ChangesKey), cancellationToken);

        // One that cannot be read is as good as none: the next complete comparison writes it anew.
        return row is not null && Reading.Try<FollowedChanges>(row, out var followed) ? followed : null;
    }

    /// <summary>Changes from where on the changes of a target are followed, for the comparison under way; another one's word is not heard.</summary>
    public Task FollowAsync(string target, string run, Func<FollowedChanges?, FollowedChanges> change, CancellationToken cancellationToken) => partitions.EditAsync(
        TableNames.Reconciliations,
        KeyText.Encode(target),
        async edit =>
        {
            if (await edit.ReadAsync<ReconciliationRun>(LastKey, cancellationToken) is { EndedAt: null } last && last.Run == run)
            {
                edit.Save(ChangesKey, change(await ReadChangesAsync(edit, cancellationToken)));
            }

            return true;
        },
        cancellationToken);

    /// <summary>Pauses the comparison under way: it does nothing more until it is resumed, and is given up when that takes too long.</summary>
    /// <returns>False when none is under way.</returns>
    public Task<bool> PauseAsync(string target, CancellationToken cancellationToken) => SetPauseAsync(target, partitions.Clock.GetUtcNow(), cancellationToken);

    /// <summary>Lets a paused comparison go on.</summary>
    /// <returns>False when none is under way.</returns>
    public Task<bool> ResumeAsync(string target, CancellationToken cancellationToken) => SetPauseAsync(target, null, cancellationToken);

    /// <summary>The target's newest comparison, or null.</summary>
    public Task<ReconciliationRun?> FindLastAsync(string target, CancellationToken cancellationToken) =>
        partitions.ReadAsync<ReconciliationRun>(TableNames.Reconciliations, KeyText.Encode(target), LastKey, cancellationToken);

    /// <summary>A comparison of the target by its number, or null.</summary>
    public Task<ReconciliationRun?> FindAsync(string target, long number, CancellationToken cancellationToken) =>
        FindInAsync(KeyText.Encode(target), number, cancellationToken);

    /// <summary>A comparison by its number, in the partition of its target, or null.</summary>
    internal Task<ReconciliationRun?> FindInAsync(string partition, long number, CancellationToken cancellationToken) =>
        partitions.ReadAsync<ReconciliationRun>(TableNames.Reconciliations, partition, KeyOf(number), cancellationToken);

    /// <summary>The target's comparisons, newest first.</summary>
    /// <exception cref="StoreException">A row of theirs is damaged.</exception>
    public IAsyncEnumerable<ReconciliationRun> ReadAsync(string target, CancellationToken cancellationToken) =>
        partitions.ReadAllAsync<ReconciliationRun>(TableNames.Reconciliations, KeyText.Encode(target), RunPrefix, cancellationToken);

    /// <summary>The target's comparisons, newest first, after the one given.</summary>
    /// <param name="target">The target.</param>
    /// <param name="before">Number of the comparison they come before; null for all.</param>
    /// <param name="skipped">Called with the address of each row that cannot be read.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async IAsyncEnumerable<ReconciliationRun> ReadAsync(
        string target, long? before, Action<RowAddress> skipped, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var range = KeyRange.StartingWith(RunPrefix);
        range = before is { } number ? range with { From = KeyOf(number - 1) } : range;
        await foreach (var row in partitions.Store.QueryAsync(TableNames.Reconciliations, KeyText.Encode(target), range, cancellationToken))
        {
            if (Reading.Try<ReconciliationRun>(row, out var run))
            {
                yield return run;
            }
            else
            {
                skipped(new RowAddress(TableNames.Reconciliations, row.Partition, row.Key));
            }
        }
    }

    /// <summary>The newest comparison of every target that was ever compared, in order of their names.</summary>
    /// <param name="skipped">Called with the address of each row that cannot be read.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async IAsyncEnumerable<ReconciliationRun> ReadLastAsync(Action<RowAddress> skipped, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = string.Empty;
        while (await FirstFromAsync(from, cancellationToken) is { } partition)
        {
            // No key goes on with less than a blank.
            from = partition + ' ';
            var row = await partitions.Store.GetAsync(new RowAddress(TableNames.Reconciliations, partition, LastKey), cancellationToken);
            if (row is null)
            {
                continue;
            }

            if (Reading.Try<ReconciliationRun>(row, out var last))
            {
                yield return last;
            }
            else
            {
                skipped(new RowAddress(TableNames.Reconciliations, partition, LastKey));
            }
        }
    }

    /// <summary>What is remembered of one of the target's schedules, or null.</summary>
    public Task<ReconciliationSchedule?> FindScheduleAsync(string target, ReconciliationMode mode, CancellationToken cancellationToken) =>
        partitions.ReadAsync<ReconciliationSchedule>(TableNames.Reconciliations, KeyText.Encode(target), ScheduleKeyOf(mode), cancellationToken);

    /// <summary>Changes what is remembered of one of the target's schedules; a change to null leaves it as it is.</summary>
    /// <returns>What is remembered now.</returns>
    public Task<ReconciliationSchedule?> ChangeScheduleAsync(
        string target, ReconciliationMode mode, Func<ReconciliationSchedule?, ReconciliationSchedule?> change, CancellationToken cancellationToken) =>
        partitions.EditAsync(
            TableNames.Reconciliations,
            KeyText.Encode(target),
            async edit =>
            {
                var there = await edit.ReadAsync<ReconciliationSchedule>(ScheduleKeyOf(mode), cancellationToken);
                if (change(there) is not { } next)
                {
                    return there;
                }

                edit.Save(ScheduleKeyOf(mode), next);
                return next;
            },
            cancellationToken);

    Task<ReconciliationRun?> EditAsync(
        string target, string run, Func<PartitionEdit, ReconciliationRun, Task<ReconciliationRun>> change, CancellationToken cancellationToken) =>
        partitions.EditAsync(
            TableNames.Reconciliations,
            KeyText.Encode(target),
            async edit =>
            {
                if (await edit.ReadAsync<ReconciliationRun>(LastKey, cancellationToken) is not { } last || last.Run != run)
                {
                    return null;
                }

                var next = await change(edit, last);
                await edit.HasAsync(KeyOf(next.Number), cancellationToken);
                edit.Save(LastKey, next);
                edit.Save(KeyOf(next.Number), next);
                return next;
            },
            cancellationToken);

    async Task<string?> FirstFromAsync(string partition, CancellationToken cancellationToken)
    {
        await foreach (var row in partitions.Store.ScanAsync(TableNames.Reconciliations, new KeyRange(partition, null), cancellationToken))
        {
            return row.Partition;
        }

        return null;
    }

    async Task<bool> SetPauseAsync(string target, DateTimeOffset? since, CancellationToken cancellationToken) =>
        await FindLastAsync(target, cancellationToken) is { EndedAt: null } last
        && await ChangeAsync(
            target,
            last.Run,
            run => run.EndedAt is null ? run with { PausedAt = since is null ? null : run.PausedAt ?? since } : run,
            cancellationToken) is { EndedAt: null };

    /// <summary>What is followed, in an edit: one that cannot be read is written anew.</summary>
    static async Task<FollowedChanges?> ReadChangesAsync(PartitionEdit edit, CancellationToken cancellationToken)
    {
        try
        {
            return await edit.ReadAsync<FollowedChanges>(ChangesKey, cancellationToken);
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            return null;
        }
    }

    static string ScheduleKeyOf(ReconciliationMode mode) => mode == ReconciliationMode.Changes ? ChangesScheduleKey : ScheduleKey;

    /// <summary>Numbers count down in keys, so that the newest comes first.</summary>
    static string KeyOf(long number) => RunPrefix + (long.MaxValue - number).ToString("d19", CultureInfo.InvariantCulture);
}
