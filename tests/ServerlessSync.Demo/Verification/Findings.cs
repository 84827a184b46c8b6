namespace ServerlessSync.Demo.Verification;

/// <summary>What was compared and what was found different, in one place that was read.</summary>
/// <param name="subject">The place: a target's name, or the registry.</param>
sealed class Findings(string subject)
{
    readonly SortedDictionary<string, int> _checked = new(StringComparer.Ordinal);
    readonly List<string> _mismatches = [];

    /// <summary>How many comparisons were made.</summary>
    public int Checked => _checked.Values.Sum();

    /// <summary>Every difference, a line each.</summary>
    public IReadOnlyList<string> Mismatches => _mismatches;

    /// <summary>What was compared, counted by kind.</summary>
    public string Summary => $"{subject}: {string.Join(", ", _checked.Select(c => FormattableString.Invariant($"{c.Value} {c.Key}")))}; {Mismatches.Count} wrong";

    /// <summary>Compares one value.</summary>
    /// <param name="kind">The kind of fact, in the plural.</param>
    /// <param name="what">Of whom or of what.</param>
    /// <param name="expected">What it must be; null for nothing.</param>
    /// <param name="actual">What it is.</param>
    public void Equal(string kind, string what, string? expected, string? actual) => Check(
        kind, what, expected == actual, () => $"is {Shown(actual)} and must be {Shown(expected)}");

    /// <summary>Compares what somebody holds with what they must hold, both whole.</summary>
    public void SameSet(string kind, string what, IReadOnlySet<string> expected, IReadOnlySet<string> actual) => Check(
        kind,
        what,
        expected.SetEquals(actual),
        () => string.Join("; ", Part("lacks", expected.Except(actual)).Concat(Part("has in excess", actual.Except(expected)))));

    /// <summary>Notes one comparison made by the caller.</summary>
    public void Check(string kind, string what, bool holds, Func<string> otherwise)
    {
        _checked[kind] = _checked.GetValueOrDefault(kind) + 1;
        if (!holds)
        {
            _mismatches.Add($"{subject}: {what}: {otherwise()}");
        }
    }

    static string Shown(string? value) => value is null ? "absent" : $"'{value}'";

    static IEnumerable<string> Part(string verb, IEnumerable<string> items) =>
        items.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } list ? [$"{verb} {string.Join(", ", list)}"] : [];
}
