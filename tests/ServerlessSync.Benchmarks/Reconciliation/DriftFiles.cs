namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>The data of one size as CSV on disk: identities and accounts, in key order or in no order.</summary>
/// <param name="folder">Where the files lie.</param>
/// <param name="rows">Rows of either side, the few that are missing counted.</param>
sealed class DriftFiles(string folder, int rows)
{
    const int BufferBytes = 1 << 20;

    /// <summary>How many rows drift, by kind.</summary>
    public IReadOnlyDictionary<Drift, int> Planted { get; } =
        Enumerable.Range(0, rows).GroupBy(DriftRow.DriftOf).Where(kind => kind.Key != Drift.None).ToDictionary(kind => kind.Key, kind => kind.Count());

    /// <summary>Rows of both sides.</summary>
    public long Records => (2L * rows) - Planted.GetValueOrDefault(Drift.Missing) - Planted.GetValueOrDefault(Drift.Orphan);

    /// <summary>The file of the record or of the target.</summary>
    public static string PathOf(string folder, bool isTarget, bool isSorted) =>
        Path.Combine(folder, $"{(isTarget ? "accounts" : "identities")}-{(isSorted ? "sorted" : "unsorted")}.csv");

    /// <summary>Writes both files.</summary>
    public void Write(bool isSorted)
    {
        Directory.CreateDirectory(folder);
        Parallel.Invoke(() => Write(isTarget: false, isSorted), () => Write(isTarget: true, isSorted));
    }

    void Write(bool isTarget, bool isSorted)
    {
        using var output = new FileStream(PathOf(folder, isTarget, isSorted), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var buffer = new byte[BufferBytes];
        var used = 0;
        for (var i = 0; i < rows; i++)
        {
            used += DriftRow.Write(buffer.AsSpan(used), isSorted ? i : Shuffled(i, isTarget), rows, isTarget);
            if (used > BufferBytes - DriftRow.MostBytes)
            {
                output.Write(buffer, 0, used);
                used = 0;
            }
        }

        output.Write(buffer, 0, used);
    }

    // Every number once, far from its neighbours: the step is prime and divides no number of rows that is used.
    int Shuffled(int number, bool isTarget) => (int)(((long)number * (isTarget ? 7_368_787 : 15_485_863)) % rows);
}
