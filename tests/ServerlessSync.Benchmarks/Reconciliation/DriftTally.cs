using ServerlessSync.Mesh.Reconciliation;

namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>Counts what a comparison tells, by what it must have been.</summary>
sealed class DriftTally(ImageSchema schema) : IComparisonHandler
{
    public Dictionary<Drift, int> Found { get; } = [];

    public void OnlyInRecord(Image expected) => Count(Drift.Missing);

    public void OnlyInTarget(Image found) => Count(Drift.Orphan);

    public void Different(Image expected, Image found)
    {
        var differences = schema.Differences(expected, found);
        Count(differences.Count == 1 ? KindOf(differences[0]) : Drift.None);
    }

    public void Repeated(ComparisonSide side, Image image) => Count(Drift.None);

    static Drift KindOf(FieldDifference difference) => difference.Field switch
    {
        ImageSchema.Active => Drift.Status,
        "title" => Drift.Attribute,
        "grants" => difference.Found!.Length > difference.Expected!.Length ? Drift.ExtraGrant : Drift.MissingGrant,
        _ => Drift.None,
    };

    void Count(Drift drift) => Found[drift] = Found.GetValueOrDefault(drift) + 1;
}
