using ServerlessSync.Mesh.Reconciliation;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

/// <summary>Writes down what a comparison tells, decoded.</summary>
sealed class RecordingHandler(ImageSchema schema) : IComparisonHandler
{
    public List<string> Told { get; } = [];

    public void OnlyInRecord(Image expected) => Told.Add($"missing {Describe(expected)}");

    public void OnlyInTarget(Image found) => Told.Add($"extra {Describe(found)}");

    public void Different(Image expected, Image found) =>
        Told.Add($"different {schema.AccountKeyOf(found)} {string.Join(' ', schema.Differences(expected, found).Select(d => Side.Show(d.Field, d.Expected, d.Found)))}");

    public void Repeated(ComparisonSide side, Image image) => Told.Add($"repeated {side} {Describe(image)}");

    string Describe(Image image) => $"{schema.AccountKeyOf(image)} {string.Join(' ', schema.Read(image).Select(value => value is null ? "-" : $"'{value}'"))}";
}
