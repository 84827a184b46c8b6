using System.Text.Json;
using System.Xml.Linq;

namespace ServerlessSync.Architecture;

/// <summary>Every pinned package has its line, with its version, in the decision on dependencies, and the other way round.</summary>
static class Dependencies
{
    const string Document = "docs/decisions/0001-dependencies.md";
    const string NuGetPins = "Directory.Packages.props";
    const string NpmPins = "infra/local/package.json";

    public static IEnumerable<string> Check(SourceTree tree)
    {
        var nuGet = Compare(NuGet(tree.Content(NuGetPins)), Written(tree, "NuGet"));
        return tree.Contains(NpmPins) ? nuGet.Concat(Compare(Npm(tree.Content(NpmPins)), Written(tree, "npm"))) : nuGet;
    }

    static IEnumerable<string> Compare(HashSet<string> pinned, HashSet<string> written) =>
        pinned.Except(written, StringComparer.Ordinal).Select(package => $"{package} is pinned and has no line in {Document}")
            .Concat(written.Except(pinned, StringComparer.Ordinal).Select(package => $"{package} has a line in {Document} and is not pinned"));

    static HashSet<string> NuGet(string content) =>
    [
        .. from pin in XDocument.Parse(content).Descendants("PackageVersion")
           select $"{pin.Attribute("Include")!.Value} {pin.Attribute("Version")!.Value}",
    ];

    static HashSet<string> Npm(string content)
    {
        using var json = JsonDocument.Parse(content);
        return [.. json.RootElement.GetProperty("dependencies").EnumerateObject().Select(pin => $"{pin.Name} {pin.Value.GetString()}")];
    }

    static HashSet<string> Written(SourceTree tree, string section) =>
    [
        .. from line in tree.Content(Document).Split("\n## " + section)[1].Split("\n## ")[0].Split('\n')
           let cells = line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries)
           where cells.Length == 5 && cells[1].Any(char.IsAsciiDigit)
           select $"{cells[0]} {cells[1]}",
    ];
}
