using System.Security.Cryptography;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Counts what was confirmed, asks the guard about each kind, and hashes the plan. What a person has approved must be what is found now.</summary>
sealed class DecidePart(ComparisonWork comparison) : IComparisonPart
{
    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MeshJson.ToBytes(new { comparison.Run.Target, comparison.Run.Configuration }));
        var (found, mended) = (new SortedDictionary<DriftKind, int>(), new SortedDictionary<DriftKind, int>());
        var (inFlight, unreadable, toMend) = (0, 0, 0);
        await foreach (var (key, suspect) in comparison.SuspectsAsync(null, cancellationToken))
        {
            inFlight += suspect.State == SuspectState.InFlight ? 1 : 0;
            unreadable += suspect.State == SuspectState.Unreadable ? 1 : 0;
            if (suspect.State != SuspectState.Confirmed)
            {
                continue;
            }

            var what = suspect.Findings.Select(f => new { f.Kind, f.Subject, f.Expected, f.Found });
            hash.AppendData(MeshJson.ToBytes(new { key, what, suspect.Decided }));
            Count(found, suspect.Findings.Select(f => f.Kind));
            if (suspect.Decided == DriftState.Queued)
            {
                toMend++;
                Count(mended, suspect.Findings.Select(f => f.Kind).Where(kind => kind.CanBeRemediated()).Distinct());
            }
        }

        var (guarded, plan) = (Guard(mended), Convert.ToHexStringLower(hash.GetHashAndReset()));
        await comparison.NoteAsync(
            run => run with { Found = found, InFlight = inFlight, Unreadable = unreadable, ToMend = toMend, ToMendByKind = mended, Guarded = guarded, PlanHash = plan },
            cancellationToken);
        return comparison.Run.Approved is { } approved && !string.Equals(approved, plan, StringComparison.Ordinal)
            ? PartAnswer.GiveUp($"what is found now is plan {plan[..12]}, not the approved {approved[..Math.Min(12, approved.Length)]}")
            : PartAnswer.Done;
    }

    SortedDictionary<DriftKind, string> Guard(SortedDictionary<DriftKind, int> mended)
    {
        // Accounts of others are no part of what is ours to change.
        var population = (int)Math.Min(int.MaxValue, comparison.Run.Expected);
        var (limits, otherwise) = (comparison.Configuration.Reconcile.Guards, comparison.Services.Configuration.Guards["default"]);
        var guarded = new SortedDictionary<DriftKind, string>();
        foreach (var (kind, count) in mended)
        {
            var (before, subject) = (comparison.Run.LetThrough.GetValueOrDefault(kind), $"{kind.Word()} on {comparison.Run.Target}");
            var line = Planning.Guard.FindPassed(
                before > 0 ? $"{subject}, {before} of them since the last complete comparison" : subject, before + count, population, limits.GetValueOrDefault(kind) ?? otherwise);
            if (line is not null)
            {
                guarded.Add(kind, line);
            }
        }

        return guarded;
    }

    static void Count(SortedDictionary<DriftKind, int> counts, IEnumerable<DriftKind> kinds)
    {
        foreach (var kind in kinds)
        {
            counts[kind] = counts.GetValueOrDefault(kind) + 1;
        }
    }
}
