using System.Globalization;
using System.Security.Cryptography;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>A comparison under way, as one call of one of its parts sees it.</summary>
sealed class ComparisonWork(ReconcileServices services, ReconciliationRun run)
{
    /// <summary>What is sorted in memory at once, on each side.</summary>
    public const int BatchBytes = 8 * 1024 * 1024;

    const int AttemptBytes = 8;

    readonly string _attempt = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(AttemptBytes));
    readonly List<WrittenRun> _written = [];
    List<Func<ReconciliationRun, ReconciliationRun>>? _kept;

    public ReconcileServices Services => services;

    public MeshStores Stores => services.Stores;

    public ReconciliationRun Run => run;

    public ComparedTarget Compared { get; } = new(run.Target, services);

    public ImageSchema AccountSchema => ImageSchema.ForAccounts(Compared.Managed, Compared.Target.Description.ExactNames);

    public TargetConfiguration Configuration => Compared.Target.Configuration;

    public DateTimeOffset Now => Compared.Now;

    /// <summary>Whether somebody has paused it since the call began.</summary>
    public async Task<bool> IsPausedAsync(CancellationToken cancellationToken) =>
        await Stores.Reconciliations.FindLastAsync(run.Target, cancellationToken) is { PausedAt: not null } last && last.Run == run.Run;

    /// <summary>Whether it goes on: it has not ended since the call began, no other one took its place, and nobody has terminated its workflow.</summary>
    public async Task<bool> GoesOnAsync(CancellationToken cancellationToken) =>
        await Stores.Reconciliations.FindLastAsync(run.Target, cancellationToken) is { EndedAt: null } last
        && last.Run == run.Run
        && await new DeadComparisons(services).IsAliveAsync(run.Run, cancellationToken);

    /// <summary>Notes something of the comparison in its row, or keeps it to be noted.</summary>
    public Task NoteAsync(Func<ReconciliationRun, ReconciliationRun> change, CancellationToken cancellationToken)
    {
        if (_kept is null)
        {
            return Stores.Reconciliations.ChangeAsync(run.Target, run.Run, change, cancellationToken);
        }

        _kept.Add(change);
        return Task.CompletedTask;
    }

    /// <summary>From now on what is to be noted is kept.</summary>
    public void KeepNotes() => _kept = [];

    /// <summary>What was to be noted since and was kept.</summary>
    public ReadCounts Kept() => ReadCounts.Between(run, (_kept ?? []).Aggregate(run, (noted, change) => change(noted)));

    /// <summary>Notes what a call that read has counted; the same again changes nothing.</summary>
    public async Task NoteAsync(ReadCounts counts, CancellationToken cancellationToken)
    {
        if (counts != new ReadCounts())
        {
            await Stores.Reconciliations.ChangeAsync(run.Target, run.Run, counts.In, cancellationToken);
        }
    }

    /// <summary>What the calls that read came to.</summary>
    public ReadCalls Calls { get; } = new(services.Stores.Partitions, run.Target, run.Number);

    /// <summary>The sorted runs this attempt has written.</summary>
    public IReadOnlyList<WrittenRun> Written => _written;

    /// <summary>The place up to which this attempt has read what changed; null where it has not come to the end.</summary>
    public TakenPlace? Place { get; set; }

    /// <summary>Writes what an attempt at a call has read as one sorted run, under a name of its own: no other attempt writes over it.</summary>
    public async Task WriteAsync(string side, long call, ImageBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Count > 0)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{call:D10}-{_attempt}");
            await services.Runs().WriteAsync(Sides.Of(run.Target, run.Number, side), name, batch.ToChunks(), cancellationToken);
            _written.Add(new WrittenRun(side, name));
        }
    }

    /// <summary>The sorted runs of a side.</summary>
    /// <exception cref="DamagedRunException">One is gone.</exception>
    public async Task<IReadOnlyList<SortedRun>> RunsAsync(string side, CancellationToken cancellationToken)
    {
        var name = Sides.Of(run.Target, run.Number, side);
        var there = (await services.Runs().ListAsync(name, cancellationToken)).ToDictionary(r => r.Name, StringComparer.Ordinal);
        return [.. (await Calls.RunsOfAsync(side, cancellationToken)).Select(r => there.GetValueOrDefault(r) ?? throw new DamagedRunException(name, r, null, "is gone"))];
    }

    /// <summary>The newest comparison before this one of which that holds; a row that cannot be read is passed over.</summary>
    public async Task<ReconciliationRun?> FindEarlierAsync(Func<ReconciliationRun, bool> which, CancellationToken cancellationToken)
    {
        await foreach (var earlier in Stores.Reconciliations.ReadAsync(run.Target, run.Number, static _ => { }, cancellationToken))
        {
            if (which(earlier))
            {
                return earlier;
            }
        }

        return null;
    }

    /// <summary>Notes that drift waits for a maintenance window, where any of it does.</summary>
    public Task NoteWaitingAsync(bool waits, CancellationToken cancellationToken) =>
        waits && !run.WaitsForWindow ? NoteAsync(now => now with { WaitsForWindow = true }, cancellationToken) : Task.CompletedTask;

    public Task SuspectAsync(IReadOnlyCollection<Suspect> suspects, CancellationToken cancellationToken) =>
        Stores.Suspects.AddAsync(run.Target, run.Number, suspects, cancellationToken);

    /// <summary>Its suspects after the key given.</summary>
    public IAsyncEnumerable<(string Key, Suspect Suspect)> SuspectsAsync(string? after, CancellationToken cancellationToken) =>
        Stores.Suspects.ReadAsync(run.Target, run.Number, after, cancellationToken);

    /// <summary>Up to so many of its suspects after the key given.</summary>
    public async Task<IReadOnlyList<(string Key, Suspect Suspect)>> TakeAsync(
        string? after, int most, Func<Suspect, bool> which, CancellationToken cancellationToken)
    {
        var taken = new List<(string, Suspect)>();
        await foreach (var (key, suspect) in SuspectsAsync(after, cancellationToken))
        {
            if (which(suspect))
            {
                taken.Add((key, suspect));
                if (taken.Count == most)
                {
                    break;
                }
            }
        }

        return taken;
    }

    public Task SaveAsync(IReadOnlyCollection<Suspect> suspects, CancellationToken cancellationToken) =>
        Stores.Suspects.SaveAsync(run.Target, run.Number, suspects, cancellationToken);

    /// <summary>What an item of a suspect is opened with.</summary>
    public DriftItem ItemOf(Suspect suspect) => new DriftItem
    {
        Target = run.Target,
        IdentityId = suspect.IdentityId,
        AccountKey = suspect.IdentityId is null ? suspect.AccountKeys[0] : suspect.AccountKey,
        Findings = suspect.Findings,
        OpenedAt = Now,
        FoundBy = run.Run,
        Reason = suspect.Reason,
    }.WithDuty(services.Configuration, Now);
}
