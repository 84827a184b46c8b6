namespace ServerlessSync.EndToEnd.Kill;

/// <summary>Compares effects as counted lists, in no order.</summary>
static class EffectList
{
    /// <summary>Fails with what is lost and what is done too often.</summary>
    public static void ShouldBeSame(IReadOnlyList<string> seen, IReadOnlyList<string> expected, string when)
    {
        var differences = seen.Concat(expected).Distinct().Order(StringComparer.Ordinal)
            .Select(effect => (Effect: effect, Seen: seen.Count(e => e == effect), Expected: expected.Count(e => e == effect)))
            .Where(e => e.Seen != e.Expected)
            .Select(e => FormattableString.Invariant($"{e.Effect}: {e.Seen} times instead of {e.Expected}"))
            .ToList();
        differences.ShouldBeEmpty(when);
    }
}
