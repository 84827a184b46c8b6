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

    /// <summary>
    /// The points of a sweep, from 1 on and without end: all in full, else one out of so many, which of them by the seed. Whoever sweeps stops at
    /// the first point that is not reached.
    /// </summary>
    /// <param name="oneOf">One out of how many is sampled.</param>
    /// <param name="full">One out of how many is taken in full.</param>
    public static IEnumerable<int> Points(int oneOf, int full = 1)
    {
        var random = new Random(Seed(1));
        var each = Pick(oneOf, full);
        for (var first = 1; ; first += each)
        {
            yield return first + random.Next(each);
        }
    }
}
