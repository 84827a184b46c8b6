using System.Text.RegularExpressions;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Configuration.Reading;

/// <summary>Reads names: those the file gives and those it refers to.</summary>
static partial class Names
{
    /// <summary>Checks a name the file gives to a source, target, table, entitlement or rule.</summary>
    public static void Check(string name, Node node, Reader read)
    {
        if (!Name().IsMatch(name))
        {
            read.Fault(node, $"the name '{Reader.Short(name)}' is expected to be 1 to 64 letters, digits, '-' and '_', beginning with a letter");
        }
    }

    /// <summary>A canonical attribute name.</summary>
    public static string? Attribute(Node? node, Reader read) => Known(node, AttributeNames.All, "attribute", read);

    /// <summary>The name of something configured elsewhere in the file.</summary>
    public static string? Known(Node? node, IReadOnlyCollection<string> known, string what, Reader read) =>
        read.Text(node, $"the name of a known {what}") is { } name && IsKnown(name, node!, known, what, read) ? name : null;

    /// <summary>Whether a name is known; reports the nearest one when it is not.</summary>
    public static bool IsKnown(string name, Node node, IReadOnlyCollection<string> known, string what, Reader read)
    {
        if (known.Contains(name))
        {
            return true;
        }

        var nearest = known.Count == 0 ? "none is known" : $"the nearest is '{NearestName.Of(name, known)}'";
        read.Fault(node, $"unknown {what} '{Reader.Short(name)}'; {nearest}");
        return false;
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{0,63}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
