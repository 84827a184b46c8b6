using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ServerlessSync.Architecture;

/// <summary>An assembly as the build left it: its own name and the assemblies of this repository it names.</summary>
static class BuiltAssembly
{
    /// <summary>Null when the project was not built in the configuration these tests run in.</summary>
    public static IReadOnlyList<string>? References(ProjectFile project, IReadOnlyCollection<string> own)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var file = Path.Combine(SourceTree.Root, project.Folder, "bin", framework.Parent!.Name, framework.Name, project.AssemblyName + ".dll");
        return File.Exists(file) ? [.. Read(file).Where(own.Contains)] : null;
    }

    static List<string> Read(string file)
    {
        using var reader = new PEReader(File.OpenRead(file));
        var metadata = reader.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
