using System.Text;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Images that should be in key order are not: nothing found so far may be believed.</summary>
public sealed class UnsortedImagesException : Exception
{
    internal UnsortedImagesException(ComparisonSide side, ReadOnlySpan<byte> previous, ReadOnlySpan<byte> next)
        : this(side, Encoding.ASCII.GetString(previous), Encoding.ASCII.GetString(next))
    {
    }

    UnsortedImagesException(ComparisonSide side, string previous, string next)
        : base($"The side of the {(side == ComparisonSide.Record ? "record" : "target")} is not in key order: '{next}' comes after '{previous}'.")
    {
        Side = side;
        Previous = previous;
        Next = next;
    }

    /// <summary>The side.</summary>
    public ComparisonSide Side { get; }

    /// <summary>The key that came first.</summary>
    public string Previous { get; }

    /// <summary>The key that came after it and should not.</summary>
    public string Next { get; }
}
