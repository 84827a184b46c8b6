using System.Globalization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>What a call of a part that reads came to.</summary>
/// <param name="Answer">What it answered.</param>
/// <param name="Runs">The sorted runs it wrote.</param>
/// <param name="Counts">What it counted.</param>
/// <param name="Place">The place up to which it has read what changed; null where it has not come to the end.</param>
sealed record ReadCall(PartAnswer Answer, IReadOnlyList<WrittenRun> Runs, ReadCounts? Counts = null, TakenPlace? Place = null);

/// <summary>A sorted run of a comparison.</summary>
/// <param name="Side">The side, as in <see cref="Sides"/>.</param>
/// <param name="Name">Its name, of one attempt alone.</param>
sealed record WrittenRun(string Side, string Name);

/// <summary>
/// What the calls of the parts that read came to, each written once: the attempt that ends first counts, and whichever comes later is given its answer.
/// So an attempt that hung and comes back when the comparison has gone on changes nothing of what is merged.
/// </summary>
sealed class ReadCalls(Partitions partitions, string target, long number)
{
    const char CallSeparator = '~';

    readonly string _partition = SuspectStore.PartitionOf(target, number);

    /// <summary>What the call came to, or null.</summary>
    /// <exception cref="DamagedRunException">It cannot be read.</exception>
    public Task<ReadCall?> FindAsync(PartCall call, CancellationToken cancellationToken) =>
        SoundAsync(() => partitions.ReadAsync<ReadCall>(TableNames.Reconciliations, _partition, KeyOf(call), cancellationToken));

    /// <summary>Writes what an attempt at the call came to, unless another one was first.</summary>
    /// <returns>What the call came to.</returns>
    /// <exception cref="DamagedRunException">What another one has written cannot be read.</exception>
    public Task<ReadCall> AddAsync(PartCall call, ReadCall ended, CancellationToken cancellationToken) => SoundAsync(() => partitions.EditAsync(
        TableNames.Reconciliations,
        _partition,
        async edit =>
        {
            if (await edit.ReadAsync<ReadCall>(KeyOf(call), cancellationToken) is { } there)
            {
                return there;
            }

            edit.Save(KeyOf(call), ended);
            return ended;
        },
        cancellationToken));

    /// <summary>Names of the runs of a side that count, in their order: where a part began anew, those after that.</summary>
    /// <exception cref="DamagedRunException">What a call came to cannot be read.</exception>
    public Task<IReadOnlyList<string>> RunsOfAsync(string side, CancellationToken cancellationToken) => SoundAsync<IReadOnlyList<string>>(async () =>
    {
        var names = new List<(string Part, string Name)>();
        await foreach (var row in partitions.Store.QueryAsync(TableNames.Reconciliations, _partition, KeyRange.StartingWith(SuspectStore.NotePrefix), cancellationToken))
        {
            var part = row.Key[..row.Key.LastIndexOf(CallSeparator)];
            var call = MeshJson.FromRow<ReadCall>(row, TableNames.Reconciliations);
            if (call.Answer.Anew)
            {
                names.RemoveAll(name => name.Part == part);
            }

            names.AddRange(call.Runs.Where(run => run.Side == side).Select(run => (part, run.Name)));
        }

        return [.. names.Select(name => name.Name)];
    });

    /// <summary>Nobody mends what is damaged of a comparison: the next one reads everything anew.</summary>
    async Task<T> SoundAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (StoreException e) when (e is { Failure: StoreFailure.Corrupt, Row: { } row })
        {
            throw new DamagedRunException(FormattableString.Invariant($"{target}/{number}"), row.Key, null, "cannot be read: what was noted of it is damaged");
        }
    }

    static string KeyOf(PartCall call) => string.Create(CultureInfo.InvariantCulture, $"{SuspectStore.NotePrefix}{call.Part}{CallSeparator}{call.Number:D10}");
}
