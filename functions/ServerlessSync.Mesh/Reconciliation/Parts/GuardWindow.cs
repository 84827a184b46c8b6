using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// What a target's comparisons let through to be mended within a day, so that many small ones let no more through than one large one. An account
/// counts once in each kind, however often it is found, mended and found again in that time.
/// </summary>
/// <param name="From">Number of the oldest comparison that counts.</param>
/// <param name="Before">Accounts let through by those before this one, by kind.</param>
sealed record GuardWindow(long From, IReadOnlyDictionary<DriftKind, int> Before)
{
    /// <summary>How it is called in the guard's arithmetic.</summary>
    public const string Name = "24 hours";

    public static TimeSpan Length { get; } = TimeSpan.FromHours(24);

    /// <summary>Reads what the comparisons let through that ended within the window before this one began. One that cannot be read is handed to its owner.</summary>
    public static async Task<GuardWindow> ReadAsync(ComparisonWork comparison, CancellationToken cancellationToken)
    {
        var (run, from, before, damaged) = (comparison.Run, comparison.Run.Number, new Dictionary<DriftKind, int>(), new List<RowAddress>());
        await foreach (var earlier in comparison.Stores.Reconciliations.ReadAsync(run.Target, run.Number, damaged.Add, cancellationToken))
        {
            if (earlier.EndedAt <= run.StartedAt - Length)
            {
                break;
            }

            from = earlier.Number;
            foreach (var (kind, count) in earlier.LetThrough)
            {
                before[kind] = before.GetValueOrDefault(kind) + count;
            }
        }

        foreach (var row in damaged)
        {
            await comparison.Services.Damaged.ReportAsync(row, $"A comparison of {run.Target} cannot be read, and the guard does not count it.", cancellationToken);
        }

        return new GuardWindow(from, before);
    }

    /// <summary>The kinds of a suspect that the guard looks at.</summary>
    public static IEnumerable<DriftKind> KindsOf(Suspect suspect) => suspect.Findings.Select(f => f.Kind).Where(kind => kind.CanBeRemediated()).Distinct();

    /// <summary>Those of them that no other comparison of the window counts.</summary>
    /// <param name="suspect">The suspect.</param>
    /// <param name="number">Number of this comparison.</param>
    /// <param name="from">Number of the oldest that counts.</param>
    public static IEnumerable<DriftKind> CountedAnew(Suspect suspect, long number, long from) =>
        KindsOf(suspect).Where(kind => suspect.LetThrough.GetValueOrDefault(kind) is var by && (by == number || by < from));

    /// <summary>
    /// A suspect that policy lets mend, with what its item knows: which comparison let each kind through last. What a person ignores and what cannot
    /// be read is not mended, and takes no room of what is.
    /// </summary>
    public static async Task<Suspect> RecallAsync(ComparisonWork comparison, Suspect suspect, CancellationToken cancellationToken)
    {
        try
        {
            return await comparison.Stores.Drifts.FindAsync(comparison.Run.Target, suspect.IdentityId!, cancellationToken) switch
            {
                null => suspect,
                { SettledAt: not null, Ignored: { } ignored } left when ignored == DriftStore.FingerprintOf(suspect.Findings) =>
                    suspect with { Decided = DriftState.Settled, Reason = left.Reason, Opening = left.Opening },
                var item => suspect with { LetThrough = item.LetThrough, Failed = item is { SettledAt: null, State: DriftState.Held, MendedBy: not null } },
            };
        }
        catch (StoreException e) when (e is { Failure: StoreFailure.Corrupt, Row: not null })
        {
            // Nothing is opened over it, and it is handed to its owner then.
            return suspect with { Decided = DriftState.Held, Reason = "what is recorded of its drift cannot be read" };
        }
    }
}
