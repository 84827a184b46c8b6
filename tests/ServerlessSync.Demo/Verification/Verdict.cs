namespace ServerlessSync.Demo.Verification;

/// <summary>What one reading of everything found.</summary>
/// <param name="Registry">The registry as it was read.</param>
/// <param name="Findings">What was compared, place by place.</param>
/// <param name="Unreachable">Targets that could not be read.</param>
sealed record Verdict(Registry Registry, IReadOnlyList<Findings> Findings, IReadOnlyList<string> Unreachable)
{
    public int Checked => Findings.Sum(f => f.Checked);

    public IReadOnlyList<string> Mismatches => [.. Findings.SelectMany(f => f.Mismatches)];
}
