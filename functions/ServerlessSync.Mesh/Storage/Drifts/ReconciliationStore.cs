using System.Globalization;

namespace ServerlessSync.Mesh.Storage;

/// <summary>The comparisons of each target; at most one is under way at a time.</summary>
public sealed class ReconciliationStore(Partitions partitions)
{
    const string LastKey = "last";
    const string RunPrefix = "r-";

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
        partitions.EditAsync(
            TableNames.Reconciliations,
            KeyText.Encode(target),
            async edit =>
            {
                if (await edit.ReadAsync<ReconciliationRun>(LastKey, cancellationToken) is not { } last || last.Run != run)
                {
                    return null;
                }

                var next = change(last);
                await edit.HasAsync(KeyOf(next.Number), cancellationToken);
                edit.Save(LastKey, next);
                edit.Save(KeyOf(next.Number), next);
                return next;
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

    /// <summary>The target's comparisons, newest first.</summary>
    public IAsyncEnumerable<ReconciliationRun> ReadAsync(string target, CancellationToken cancellationToken) =>
        partitions.ReadAllAsync<ReconciliationRun>(TableNames.Reconciliations, KeyText.Encode(target), RunPrefix, cancellationToken);

    async Task<bool> SetPauseAsync(string target, DateTimeOffset? since, CancellationToken cancellationToken) =>
        await FindLastAsync(target, cancellationToken) is { EndedAt: null } last
        && await ChangeAsync(
            target,
            last.Run,
            run => run.EndedAt is null ? run with { PausedAt = since is null ? null : run.PausedAt ?? since } : run,
            cancellationToken) is { EndedAt: null };

    /// <summary>Numbers count down in keys, so that the newest comes first.</summary>
    static string KeyOf(long number) => RunPrefix + (long.MaxValue - number).ToString("d19", CultureInfo.InvariantCulture);
}
