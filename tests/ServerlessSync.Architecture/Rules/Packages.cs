namespace ServerlessSync.Architecture;

/// <summary>Which packages may be named where.</summary>
static class Packages
{
    static readonly string[] Mesh = ["Microsoft.Extensions.Logging.Abstractions", "YamlDotNet"];
    static readonly string[] HostPrefixes = ["Microsoft.Azure.Functions.", "Microsoft.Azure.WebJobs.", "Microsoft.DurableTask"];
    static readonly string[] Hosts = ["Engines.DurableTask", "Functions"];

    public static IEnumerable<string> OfProjects(SourceTree tree) =>
        from project in ProjectFile.All(tree)
        where !project.IsTestCode
        from package in project.Packages
        where !IsAllowed(project.Name, package)
        select $"{project.Path} takes the package {package}";

    /// <summary>A using of a forbidden namespace is named too, so that a package that comes in by another is seen.</summary>
    public static IEnumerable<string> OfCode(SourceTree tree) =>
        from path in tree.ProductCode
        where !Array.Exists(Hosts, host => path.StartsWith($"functions/ServerlessSync.{host}/", StringComparison.Ordinal))
        from prefix in HostPrefixes
        where tree.Parsed(path).DescendantNodes().Any(node => node is Microsoft.CodeAnalysis.CSharp.Syntax.QualifiedNameSyntax name
            && name.ToString().StartsWith(prefix.TrimEnd('.'), StringComparison.Ordinal))
        select $"{path} names {prefix.TrimEnd('.')}";

    static bool IsAllowed(string project, string package) =>
        project == "Mesh"
            ? Mesh.Contains(package)
            : Hosts.Contains(project) || !Array.Exists(HostPrefixes, prefix => package.StartsWith(prefix, StringComparison.Ordinal));
}
