using System.Collections.Frozen;

namespace ServerlessSync.Web.Intake;

/// <summary>What became of webhooks since the start, by source. Safe to use from any thread; its size is fixed by the configuration.</summary>
public sealed class IntakeCounters
{
    static readonly int Reasons = Enum.GetValues<RefusalReason>().Length;

    readonly FrozenDictionary<string, Counts> _bySource;
    readonly Counts _unknown = new();

    /// <summary>Makes counters for the sources given; requests for any other are counted together.</summary>
    public IntakeCounters(IEnumerable<string> sources) => _bySource = sources.ToFrozenDictionary(source => source, _ => new Counts());

    /// <summary>Events accepted that were new.</summary>
    /// <param name="source">Name of the source.</param>
    public long Accepted(string source) => Interlocked.Read(ref Of(source).Accepted);

    /// <summary>Events accepted that were known already.</summary>
    /// <param name="source">Name of the source.</param>
    public long Duplicates(string source) => Interlocked.Read(ref Of(source).Duplicates);

    /// <summary>Requests refused for a reason.</summary>
    /// <param name="source">Name of the source; null for sources that are not configured.</param>
    /// <param name="reason">The reason.</param>
    public long Refused(string? source, RefusalReason reason) => Interlocked.Read(ref Of(source).Refused[(int)reason]);

    internal void CountAccepted(string source, int accepted, int duplicates)
    {
        var counts = Of(source);
        Interlocked.Add(ref counts.Accepted, accepted);
        Interlocked.Add(ref counts.Duplicates, duplicates);
    }

    internal long CountRefused(string? source, RefusalReason reason) => Interlocked.Increment(ref Of(source).Refused[(int)reason]);

    Counts Of(string? source) => source is not null && _bySource.TryGetValue(source, out var counts) ? counts : _unknown;

    sealed class Counts
    {
        public readonly long[] Refused = new long[Reasons];
        public long Accepted;
        public long Duplicates;
    }
}
