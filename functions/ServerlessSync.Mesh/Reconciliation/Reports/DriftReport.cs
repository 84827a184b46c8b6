using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Where targets differ from the record, and what became of the comparisons that found it.</summary>
/// <param name="MadeAt">When it was made.</param>
/// <param name="Now">Open drift by target and kind, the gravest first.</param>
/// <param name="Comparisons">Each target's last comparisons, by target and then newest first.</param>
/// <param name="ForPeople">What nobody but a person can settle, the oldest first.</param>
public sealed record DriftReport(
    DateTimeOffset MadeAt, IReadOnlyList<DriftCount> Now, IReadOnlyList<ReconciliationRun> Comparisons, IReadOnlyList<OpenMatter> ForPeople)
{
    /// <summary>Matters for people that are open beside those shown.</summary>
    public int MoreForPeople { get; init; }

    /// <summary>Rows that could not be read, so that what they hold is missing from the report.</summary>
    public IReadOnlyList<RowAddress> Damaged { get; init; } = [];

    /// <summary>Differences that are open.</summary>
    public int Open => Now.Sum(n => n.Count);
}
