namespace ServerlessSync.Architecture;

/// <summary>What may stand at the root, and that the solution holds every project.</summary>
static class TopLevel
{
    static readonly HashSet<string> Entries = new(StringComparer.Ordinal)
    {
        ".ci", ".editorconfig", ".gitattributes", ".github", ".gitignore", "connectors", "Directory.Build.props", "Directory.Packages.props",
        "docs", "functions", "global.json", "host.json", "infra", "LICENSE", "local.settings.example.json", "Makefile", "README.md",
        "ServerlessSync.sln", "tests",
    };

    // Never committed: a machine's own settings, and the file that makes a linked work tree.
    static readonly string[] Ignored = [".git", "local.settings.json"];

    public static IEnumerable<string> Check(SourceTree tree) =>
        from entry in tree.Paths.Select(path => path.Split('/')[0]).Distinct(StringComparer.Ordinal)
        where !Entries.Contains(entry) && !Ignored.Contains(entry) && !entry.EndsWith(".user", StringComparison.Ordinal)
        select $"'{entry}' is no entry of the root";

    public static IEnumerable<string> Solution(SourceTree tree) =>
        from path in tree.Projects
        where !tree.Content("ServerlessSync.sln").Contains($"\"{path.Replace('/', '\\')}\"", StringComparison.Ordinal)
        select $"{path} is not in ServerlessSync.sln";
}
