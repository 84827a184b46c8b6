using System.Text.Json;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Architecture;

/// <summary>Everything that has a word in how the app is deployed.</summary>
sealed record Deployment
{
    const string Folder = "infra/azure";

    public required CodeNames Code { get; init; }

    public required IReadOnlyList<BicepFile> Templates { get; init; }

    public required IReadOnlyList<BicepFile> ParameterFiles { get; init; }

    public required JsonElement Host { get; init; }

    public required JsonElement LocalSettings { get; init; }

    /// <summary>The sample mesh.yaml, which the parameter files and the example settings go with.</summary>
    public required string MeshYaml { get; init; }

    /// <summary>What deploys the app.</summary>
    public required string Workflow { get; init; }

    /// <summary>The repository's own; a change of one file's text is a planted one.</summary>
    public static async Task<Deployment> ReadAsync(string? changed = null, Func<string, string>? change = null)
    {
        string Text(string path) => SourceTree.Repository.Content(path) is var text && path == changed ? Changed(text, change!) : text;
        var files = await ParseAsync(Text);
        return new Deployment
        {
            Code = new CodeNames(),
            Templates = [.. files.Where(file => file.Path.EndsWith(".bicep", StringComparison.Ordinal))],
            ParameterFiles = [.. files.Where(file => file.Path.EndsWith(".bicepparam", StringComparison.Ordinal))],
            Host = Json(Text("host.json")),
            LocalSettings = Json(Text("local.settings.example.json")),
            MeshYaml = Text("infra/local/mesh.yaml"),
            Workflow = Text(".github/workflows/deploy.yml"),
        };
    }

    static string Changed(string text, Func<string, string> change) => change(text) is var changed && changed != text
        ? changed
        : throw new InvalidOperationException("The planted change changes nothing.");

    static async Task<BicepFile[]> ParseAsync(Func<string, string> text)
    {
        string[] paths = [.. SourceTree.Repository.Paths.Where(path => path.StartsWith(Folder, StringComparison.Ordinal) && path.Contains(".bicep", StringComparison.Ordinal))];
        var folder = Directory.CreateTempSubdirectory("bicep");
        try
        {
            foreach (var path in paths)
            {
                var copy = Path.Combine(folder.FullName, path);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                await File.WriteAllTextAsync(copy, text(path));
            }

            var trees = await BicepParser.ParseAsync(folder.FullName, paths, CancellationToken.None);
            return [.. trees.EnumerateObject().Select(file => new BicepFile(file.Name, file.Value))];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static JsonElement Json(string text)
    {
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}
