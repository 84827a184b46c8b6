using System.Xml.Linq;

namespace ServerlessSync.Architecture;

/// <summary>What is compiled against stand-ins runs nowhere, so a product project takes them only when told to, and is not told to by default.</summary>
static class StandIns
{
    const string Project = "ServerlessSync.Shapes.csproj";
    const string Asked = "'$(AzurePackages)' == 'false'";
    const string Defaults = "Directory.Build.props";
    const string Official = "<AzurePackages Condition=\"'$(AzurePackages)' == ''\">true</AzurePackages>";

    public static IEnumerable<string> Check(SourceTree tree) => Unconditional(tree).Concat(Default(tree));

    static IEnumerable<string> Unconditional(SourceTree tree) =>
        from path in tree.Projects
        where path.StartsWith("functions/", StringComparison.Ordinal) || path.StartsWith("connectors/", StringComparison.Ordinal)
        from reference in XDocument.Parse(tree.Content(path)).Descendants("ProjectReference")
        where reference.Attribute("Include")!.Value.EndsWith(Project, StringComparison.Ordinal)
        where (string?)reference.Parent!.Attribute("Condition") != Asked
        select $"{path} takes stand-ins without the condition {Asked}";

    static IEnumerable<string> Default(SourceTree tree) =>
        tree.Content(Defaults).Contains(Official, StringComparison.Ordinal) ? [] : [$"{Defaults} does not take the official packages by default"];
}
