using System.Globalization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>A sorted run is not as it was written. Its side is read again from the start: nothing of it may be used.</summary>
public sealed class DamagedRunException : StoreException
{
    /// <summary>Names what is damaged.</summary>
    /// <param name="side">The side.</param>
    /// <param name="run">The run.</param>
    /// <param name="chunk">The chunk; null when it is the run as a whole.</param>
    /// <param name="reason">What is wrong, as the end of a sentence.</param>
    public DamagedRunException(string side, string run, int? chunk, string reason)
        : base(StoreFailure.Corrupt, Describe(side, run, chunk, reason))
    {
        Side = side;
        Run = run;
        Chunk = chunk;
    }

    /// <summary>The side.</summary>
    public string Side { get; }

    /// <summary>The run.</summary>
    public string Run { get; }

    /// <summary>The chunk; null when it is the run as a whole.</summary>
    public int? Chunk { get; }

    static string Describe(string side, string run, int? chunk, string reason) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(chunk is null ? "Run" : $"Chunk {chunk} of run")} '{run}' of '{side}' {reason}. The side must be read again from the start.");
}
