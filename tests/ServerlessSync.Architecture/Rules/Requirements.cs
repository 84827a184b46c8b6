using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ServerlessSync.Architecture;

/// <summary>docs/requirements.md maps each requirement to tests and code; both must exist.</summary>
static partial class Requirements
{
    const string Document = "docs/requirements.md";

    public static IEnumerable<string> Check(SourceTree tree)
    {
        var tests = Tests(tree);
        return
            from line in tree.Content(Document).Split('\n')
            where Row().IsMatch(line)
            from violation in CheckRow(line.Trim().Trim('|').Split('|'), tests, tree)
            select violation;
    }

    static IEnumerable<string> CheckRow(string[] cells, HashSet<string> tests, SourceTree tree)
    {
        var requirement = cells[0].Trim();
        if (cells.Length != 4)
        {
            return [$"{requirement} has {cells.Length} cells, not 4"];
        }

        string[] named = [.. Names(cells[2])];
        string[] code = [.. Names(cells[3])];
        return
        [
            .. named.Length == 0 ? [$"{requirement} names no test"] : Array.Empty<string>(),
            .. code.Length == 0 ? [$"{requirement} names no code"] : Array.Empty<string>(),
            .. named.Where(test => !tests.Contains(test)).Select(test => $"{requirement} names the test {test}, which does not exist"),
            .. code.Where(path => !tree.Contains(path)).Select(path => $"{requirement} names {path}, which does not exist"),
        ];
    }

    static HashSet<string> Tests(SourceTree tree) =>
    [
        .. from path in tree.TestCode
           from method in tree.Parsed(path).DescendantNodes().OfType<MethodDeclarationSyntax>()
           where method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() is "Fact" or "Theory")
           where method.Parent is TypeDeclarationSyntax
           select $"{((TypeDeclarationSyntax)method.Parent!).Identifier.Text}.{method.Identifier.Text}",
    ];

    static IEnumerable<string> Names(string cell) => Quoted().Matches(cell).Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"^\|\s*[RBCFILS]\d+\s*\|", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();
}
