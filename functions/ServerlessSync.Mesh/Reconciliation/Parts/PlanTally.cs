using System.Security.Cryptography;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>What the suspects of a comparison add up to: what was confirmed of each kind, what would be mended, and the hash over all of it.</summary>
sealed class PlanTally : IDisposable
{
    const int MostRefused = 5;
    const int RefusedShare = 5;

    readonly ReconciliationRun _run;
    readonly GuardWindow _window;
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly Dictionary<SuspectState, int> _states = [];
    readonly SortedDictionary<DriftKind, int> _mended = [];

    // Many items have the same kinds, and there are few kinds: a set of them is bits.
    readonly Dictionary<(int Kinds, int Anew), int> _items = [];

    public PlanTally(ReconciliationRun run, GuardWindow window)
    {
        _run = run;
        _window = window;
        _hash.AppendData(MeshJson.ToBytes(new { run.Target, run.Configuration }));
    }

    /// <summary>Confirmed findings by kind.</summary>
    public SortedDictionary<DriftKind, int> Found { get; } = [];

    /// <summary>Items that would be mended.</summary>
    public int ToMend { get; private set; }

    public int InFlight => _states.GetValueOrDefault(SuspectState.InFlight);

    /// <summary>The identities among those in flight.</summary>
    public List<string> AtWork { get; } = [];

    public int Unreadable => _states.GetValueOrDefault(SuspectState.Unreadable) + Refused;

    int Refused => _states.GetValueOrDefault(SuspectState.Refused);

    public void Add(string key, Suspect suspect)
    {
        _states[suspect.State] = _states.GetValueOrDefault(suspect.State) + 1;
        if (suspect is { State: SuspectState.InFlight, IdentityId: { } atWork })
        {
            AtWork.Add(atWork);
        }

        if (suspect.State != SuspectState.Confirmed)
        {
            return;
        }

        var what = suspect.Findings.Select(f => new { f.Kind, f.Subject, f.Expected, f.Found });
        _hash.AppendData(MeshJson.ToBytes(new { key, what, suspect.Decided }));
        foreach (var finding in suspect.Findings)
        {
            Count(Found, finding.Kind, 1);
        }

        if (suspect.Decided == DriftState.Queued)
        {
            AddMended(suspect);
        }
    }

    /// <summary>Hash of the plan, once everything was added.</summary>
    public string ToHash() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <summary>Why the second looks cannot be believed; null when they can: a target that shows many of the accounts to nobody has some other trouble than these accounts.</summary>
    public string? FindRefusal()
    {
        var looked = Refused + _states.GetValueOrDefault(SuspectState.Confirmed) + _states.GetValueOrDefault(SuspectState.Gone);
        return Refused > MostRefused && Refused * RefusedShare > looked
            ? FormattableString.Invariant($"the target refused to show {Refused} of the {looked} accounts that were looked at again")
            : null;
    }

    /// <summary>The kinds that the guard holds back, with its arithmetic.</summary>
    public SortedDictionary<DriftKind, string> Guard(ReconcileConfiguration reconcile, GuardConfiguration otherwise)
    {
        // Accounts of others are no part of what is ours to change.
        var population = (int)Math.Min(int.MaxValue, _run.Expected);
        var guarded = new SortedDictionary<DriftKind, string>();
        foreach (var (kind, anew) in _mended)
        {
            var before = _window.Before.GetValueOrDefault(kind);
            var earlier = before > 0 ? FormattableString.Invariant($", {before} of them let through before") : string.Empty;
            var what = $"{kind.Word()} on {_run.Target} in {GuardWindow.Name}{earlier}";
            if (Planning.Guard.FindPassed(what, before + anew, population, reconcile.Guards.GetValueOrDefault(kind) ?? otherwise) is { } line)
            {
                guarded.Add(kind, line);
            }
        }

        return guarded;
    }

    /// <summary>Accounts that are let through by kind, of those no comparison of the window let through before.</summary>
    public SortedDictionary<DriftKind, int> LetThrough(IEnumerable<DriftKind> guarded)
    {
        var through = new SortedDictionary<DriftKind, int>();
        var held = BitsOf(guarded);
        foreach (var ((kinds, anew), count) in _items.Where(item => (item.Key.Kinds & held) == 0))
        {
            foreach (var kind in Enum.GetValues<DriftKind>().Where(kind => (anew & BitsOf([kind])) != 0))
            {
                Count(through, kind, count);
            }
        }

        return through;
    }

    public void Dispose() => _hash.Dispose();

    void AddMended(Suspect suspect)
    {
        ToMend++;
        DriftKind[] kinds = [.. GuardWindow.KindsOf(suspect)], anew = [.. GuardWindow.CountedAnew(suspect, _run.Number, _window.From)];
        foreach (var kind in kinds)
        {
            Count(_mended, kind, anew.Contains(kind) ? 1 : 0);
        }

        var item = (BitsOf(kinds), BitsOf(anew));
        _items[item] = _items.GetValueOrDefault(item) + 1;
    }

    static int BitsOf(IEnumerable<DriftKind> kinds) => kinds.Aggregate(0, (bits, kind) => bits | (1 << (int)kind));

    static void Count(SortedDictionary<DriftKind, int> counts, DriftKind kind, int more) => counts[kind] = counts.GetValueOrDefault(kind) + more;
}
