namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>What a stretch of a comparison met. Every image that was read is in exactly one of them, one that both have in one for both.</summary>
/// <param name="Equal">Keys that both have with the same content.</param>
/// <param name="Different">Keys that both have with other content.</param>
/// <param name="OnlyInRecord">Keys the record alone has.</param>
/// <param name="OnlyInTarget">Keys the target alone has.</param>
/// <param name="RepeatedInRecord">Images of the record beyond the first of their key.</param>
/// <param name="RepeatedInTarget">Images of the target beyond the first of their key.</param>
public readonly record struct ComparisonCounts(long Equal, long Different, long OnlyInRecord, long OnlyInTarget, long RepeatedInRecord, long RepeatedInTarget)
{
    /// <summary>Distinct keys.</summary>
    public long Keys => Equal + Different + OnlyInRecord + OnlyInTarget;

    /// <summary>Images of the record.</summary>
    public long Record => Equal + Different + OnlyInRecord + RepeatedInRecord;

    /// <summary>Images of the target.</summary>
    public long Target => Equal + Different + OnlyInTarget + RepeatedInTarget;

    /// <summary>Both stretches together.</summary>
    public static ComparisonCounts operator +(ComparisonCounts one, ComparisonCounts other) => new(
        one.Equal + other.Equal,
        one.Different + other.Different,
        one.OnlyInRecord + other.OnlyInRecord,
        one.OnlyInTarget + other.OnlyInTarget,
        one.RepeatedInRecord + other.RepeatedInRecord,
        one.RepeatedInTarget + other.RepeatedInTarget);

    /// <summary>Both stretches together.</summary>
    public static ComparisonCounts Add(ComparisonCounts one, ComparisonCounts other) => one + other;
}
