namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>A key that differs, with the marks it has on either side.</summary>
/// <param name="AccountKey">The account's key.</param>
/// <param name="Expected">The identity the record expects it to be of; null where it expects nothing.</param>
/// <param name="Found">The mark in the target; null where there is none.</param>
/// <param name="IsFound">Whether the target has it.</param>
/// <param name="Right">The right or credential; null where accounts are compared.</param>
readonly record struct DifferentKey(string AccountKey, string? Expected, string? Found, bool IsFound, string? Right);

/// <summary>Collects what differs.</summary>
sealed class Differences(ImageSchema schema) : IComparisonHandler
{
    readonly List<DifferentKey> _keys = [];
    readonly int _mark = schema.Fields.ToList().IndexOf(ImageSchema.Mark);

    public IReadOnlyList<DifferentKey> Keys => _keys;

    /// <summary>A key that the target gave twice; null when there is none.</summary>
    public string? GivenTwice { get; private set; }

    /// <summary>How often it gave a key again.</summary>
    public long TimesRepeated { get; private set; }

    public void OnlyInRecord(Image expected) =>
        _keys.Add(new DifferentKey(schema.AccountKeyOf(expected), MarkOf(expected), null, IsFound: false, RightOf(expected)));

    public void OnlyInTarget(Image found) => _keys.Add(new DifferentKey(schema.AccountKeyOf(found), null, MarkOf(found), IsFound: true, RightOf(found)));

    public void Different(Image expected, Image found) =>
        _keys.Add(new DifferentKey(schema.AccountKeyOf(expected), MarkOf(expected), MarkOf(found), IsFound: true, RightOf(found)));

    public void Repeated(ComparisonSide side, Image image)
    {
        if (side == ComparisonSide.Target)
        {
            GivenTwice ??= schema.AccountKeyOf(image);
            TimesRepeated++;
            OnlyInTarget(image);
        }
        else
        {
            OnlyInRecord(image);
        }
    }

    string? RightOf(Image image) => _mark < 0 ? schema.GrantOf(image) : null;

    string? MarkOf(Image image) => _mark < 0 ? null : schema.Read(image)[_mark];
}
