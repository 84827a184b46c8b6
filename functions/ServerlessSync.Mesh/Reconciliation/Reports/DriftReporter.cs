using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Makes reports from the stores: every open drift and exception is read once, and memory grows with their number alone.</summary>
/// <param name="stores">The stores; their clock is the clock.</param>
public sealed class DriftReporter(MeshStores stores)
{
    /// <summary>The kind of the exceptions that tell of identities which are never merged.</summary>
    const string Conflict = "correlation-conflict";

    /// <summary>Complete comparisons shown of each target.</summary>
    /// <value>30</value>
    public int MostComparisons { get; init; } = 30;

    /// <summary>Matters for people shown; the others are counted.</summary>
    /// <value>1,000</value>
    public int MostForPeople { get; init; } = 1000;

    /// <summary>Makes a report. A row that cannot be read is named in it.</summary>
    /// <exception cref="StoreException">The store cannot be read now.</exception>
    public async Task<DriftReport> MakeAsync(CancellationToken cancellationToken)
    {
        var now = stores.Clock.GetUtcNow();
        var damaged = new List<RowAddress>();
        var ages = new Dictionary<(string Target, DriftKind Kind), List<TimeSpan>>();
        var matters = new OldestMatters(MostForPeople);
        await foreach (var (_, item) in stores.Drifts.ReadOpenAsync(null, null, damaged.Add, cancellationToken))
        {
            foreach (var finding in item.Findings)
            {
                AgesOf(item.Target, finding.Kind).Add(now > finding.FirstSeen ? now - finding.FirstSeen : TimeSpan.Zero);
            }

            AddMatters(matters, item);
        }

        await foreach (var (_, item) in stores.Exceptions.ReadOpenAsync(null, damaged.Add, cancellationToken))
        {
            if (item.Kind == Conflict)
            {
                matters.Add(new OpenMatter(MatterKind.Conflict, item.Target, item.IdentityId, null, item.Reason, item.OpenedAt, item.Owner) { Due = item.Deadline });
            }
        }

        return new DriftReport(now, Count(ages), await ReadComparisonsAsync(damaged, cancellationToken), matters.InOrder())
        {
            MoreForPeople = matters.LeftOut,
            Damaged = damaged,
        };

        List<TimeSpan> AgesOf(string target, DriftKind kind) =>
            ages.TryGetValue((target, kind), out var known) ? known : ages[(target, kind)] = [];
    }

    static void AddMatters(OldestMatters matters, DriftItem item)
    {
        var own = item.Findings.Where(f => MatterOf(f.Kind) is not null).ToList();
        foreach (var finding in own)
        {
            Add(MatterOf(finding.Kind)!.Value, finding.Found ?? finding.Subject, finding.FirstSeen);
        }

        if (own.Count == 0 && item.State == DriftState.Asked)
        {
            Add(MatterKind.Decision, string.Join(", ", item.Findings.Select(f => $"{f.Kind.Word()} {f.Subject}".TrimEnd())), item.Findings.Min(f => f.FirstSeen));
        }

        void Add(MatterKind kind, string about, DateTimeOffset since) =>
            matters.Add(new OpenMatter(kind, item.Target, item.IdentityId, item.AccountKey, about, since, item.Owner) { Due = item.Due });
    }

    static MatterKind? MatterOf(DriftKind kind) => kind switch
    {
        DriftKind.Duplicate => MatterKind.Duplicate,
        DriftKind.Unowned => MatterKind.ShadowAccount,
        _ => null,
    };

    static List<DriftCount> Count(Dictionary<(string Target, DriftKind Kind), List<TimeSpan>> ages)
    {
        var counts = new List<DriftCount>(ages.Count);
        foreach (var ((target, kind), known) in ages)
        {
            known.Sort();
            counts.Add(new DriftCount(target, kind, kind.Severity(), known.Count, known[^1], known[(known.Count - 1) / 2]));
        }

        return [.. counts.OrderByDescending(c => c.Severity).ThenBy(c => c.Target, StringComparer.Ordinal).ThenBy(c => c.Kind)];
    }

    async Task<List<ReconciliationRun>> ReadComparisonsAsync(List<RowAddress> damaged, CancellationToken cancellationToken)
    {
        var runs = new List<ReconciliationRun>();
        await foreach (var last in stores.Reconciliations.ReadLastAsync(damaged.Add, cancellationToken))
        {
            var read = 0;
            await foreach (var run in stores.Reconciliations.ReadAsync(last.Target, null, damaged.Add, cancellationToken))
            {
                // What changed between them tells nothing of the whole, and is many times as many.
                if (run.Mode == ReconciliationMode.Complete)
                {
                    runs.Add(run);
                    if (++read == MostComparisons)
                    {
                        break;
                    }
                }
            }
        }

        return runs;
    }

    /// <summary>Keeps the oldest of many and counts the others.</summary>
    sealed class OldestMatters(int most)
    {
        readonly PriorityQueue<OpenMatter, long> _youngestFirst = new();

        public int LeftOut { get; private set; }

        public void Add(OpenMatter matter)
        {
            _youngestFirst.Enqueue(matter, -matter.Since.UtcTicks);
            if (_youngestFirst.Count > most)
            {
                _youngestFirst.Dequeue();
                LeftOut++;
            }
        }

        public List<OpenMatter> InOrder() =>
        [
            .. _youngestFirst.UnorderedItems.Select(i => i.Element)
                .OrderBy(m => m.Since).ThenBy(m => m.Kind).ThenBy(m => m.Target, StringComparer.Ordinal).ThenBy(m => m.AccountKey ?? m.IdentityId, StringComparer.Ordinal),
        ];
    }
}
