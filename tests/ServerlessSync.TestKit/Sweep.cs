namespace ServerlessSync.TestKit;

/// <summary>How much of a long sweep is run: a seeded sample by <c>make test</c>, everything by <c>make test-all</c>.</summary>
public static class Sweep
{
    /// <summary>Whether sweeps run in full.</summary>
    public static bool IsFull { get; } = string.Equals(RunSettings.Read("SWEEP"), "full", StringComparison.OrdinalIgnoreCase);

    /// <summary>One of two numbers, for example of cases or runs.</summary>
    public static int Pick(int sampled, int full) => IsFull ? full : sampled;

    /// <summary>The first seed of a seeded run: SEED, or the one given.</summary>
    public static int Seed(int otherwise) => int.TryParse(RunSettings.Read("SEED"), System.Globalization.CultureInfo.InvariantCulture, out var seed) ? seed : otherwise;
}
