namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Is told what differs, in key order. An image is valid during the call only.</summary>
public interface IComparisonHandler
{
    /// <summary>The record wants what the target does not hold.</summary>
    void OnlyInRecord(Image expected);

    /// <summary>The target holds what the record does not know.</summary>
    void OnlyInTarget(Image found);

    /// <summary>Both have it, with other content.</summary>
    void Different(Image expected, Image found);

    /// <summary>
    /// A side has the key more than once. The first, in order of content, was compared like any other; this is one of the rest, told after it.
    /// On the target's side it says that the read is broken, or that what was read moved meanwhile.
    /// </summary>
    void Repeated(ComparisonSide side, Image image);
}
