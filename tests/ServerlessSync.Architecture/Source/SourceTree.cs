using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ServerlessSync.Architecture;

/// <summary>Files by path relative to the root, with '/' between the parts. Rules read it, so a test can plant what is not on disk.</summary>
sealed class SourceTree
{
    static readonly string[] Unread = [".git", "artifacts", "bin", "node_modules", "obj", "TestResults", ".vs", ".idea"];
    static readonly string[] Text = [".bicep", ".bicepparam", ".cs", ".csproj", ".js", ".json", ".md", ".props", ".sh", ".sln", ".targets", ".yaml", ".yml"];

    readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);
    readonly Dictionary<string, SyntaxNode> _parsed = new(StringComparer.Ordinal);

    public SourceTree(params (string Path, string Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            _files.Add(path, content);
        }
    }

    /// <summary>The repository itself.</summary>
    public static SourceTree Repository { get; } = Read(Root);

    /// <summary>The folder that holds the solution.</summary>
    public static string Root => FindRoot();

    public IEnumerable<string> Paths => _files.Keys;

    public IEnumerable<string> ProductCode => Code("functions/", "connectors/");

    public IEnumerable<string> TestCode => Code("tests/");

    public IEnumerable<string> Projects => _files.Keys.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal));

    public string Content(string path) => _files[path];

    public bool Contains(string path) =>
        _files.ContainsKey(path) || _files.Keys.Any(file => file.StartsWith(path.TrimEnd('/') + '/', StringComparison.Ordinal));

    public IEnumerable<string> Code(params string[] folders) =>
        _files.Keys.Where(path => path.EndsWith(".cs", StringComparison.Ordinal) && Array.Exists(folders, folder => path.StartsWith(folder, StringComparison.Ordinal)));

    public SyntaxNode Parsed(string path)
    {
        lock (_parsed)
        {
            if (!_parsed.TryGetValue(path, out var root))
            {
                root = CSharpSyntaxTree.ParseText(_files[path]).GetRoot();
                _parsed.Add(path, root);
            }

            return root;
        }
    }

    static SourceTree Read(string root)
    {
        var tree = new SourceTree();
        tree.Add(root, root);
        return tree;
    }

    void Add(string root, string folder)
    {
        foreach (var file in Directory.GetFiles(folder))
        {
            var isText = Array.Exists(Text, ending => file.EndsWith(ending, StringComparison.Ordinal)) || !Path.HasExtension(file);
            _files.Add(Path.GetRelativePath(root, file).Replace('\\', '/'), isText ? File.ReadAllText(file) : "");
        }

        foreach (var child in Directory.GetDirectories(folder).Where(child => !Unread.Contains(Path.GetFileName(child))))
        {
            Add(root, child);
        }
    }

    static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ServerlessSync.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("ServerlessSync.sln stands in no folder above the tests.");
    }
}
