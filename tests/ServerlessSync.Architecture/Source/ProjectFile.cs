using System.Xml.Linq;

namespace ServerlessSync.Architecture;

/// <summary>What a .csproj says of its references. Names are without the leading "ServerlessSync.".</summary>
sealed record ProjectFile(string Path, string Name, string AssemblyName, IReadOnlyList<string> Projects, IReadOnlyList<string> Packages)
{
    const string Prefix = "ServerlessSync.";

    static readonly string[] Kinds = ["FrameworkReference", "PackageReference", "Reference"];

    public string Folder => Path[..Path.LastIndexOf('/')];

    public bool IsTestCode => Path.StartsWith("tests/", StringComparison.Ordinal);

    public static IReadOnlyList<ProjectFile> All(SourceTree tree) => [.. tree.Projects.Select(path => Read(path, tree.Content(path)))];

    public static string Short(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;

    static ProjectFile Read(string path, string content)
    {
        var xml = XDocument.Parse(content);
        var name = Short(System.IO.Path.GetFileNameWithoutExtension(path));
        var assembly = xml.Descendants("AssemblyName").FirstOrDefault()?.Value ?? Prefix + name;
        return new ProjectFile(path, name, assembly, [.. ProjectsOf(xml, path)], [.. PackagesOf(xml)]);
    }

    static IEnumerable<string> ProjectsOf(XDocument xml, string path) =>
        from reference in xml.Descendants("ProjectReference")
        where !IsOrderOnly(reference, path)
        select Short(System.IO.Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    // A test that starts a program as a process needs it built, not linked; product code has no such reason.
    static bool IsOrderOnly(XElement reference, string path) =>
        path.StartsWith("tests/", StringComparison.Ordinal)
        && string.Equals((string?)reference.Attribute("ReferenceOutputAssembly"), "false", StringComparison.OrdinalIgnoreCase);

    // A shared framework is taken like a package: by name, or by the SDK that brings it.
    static IEnumerable<string> PackagesOf(XDocument xml) =>
        Kinds.SelectMany(kind => xml.Descendants(kind))
            .Select(item => item.Attribute("Include")?.Value)
            .OfType<string>()
            .Concat((string?)xml.Root!.Attribute("Sdk") == "Microsoft.NET.Sdk.Web" ? ["Microsoft.AspNetCore.App"] : []);
}
