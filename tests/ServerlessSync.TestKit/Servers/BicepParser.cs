using System.Diagnostics;
using System.Text.Json;

namespace ServerlessSync.TestKit.Servers;

/// <summary>Reads Bicep files as tree-sitter parses them; see infra/local/bicep/tree.js for the shape.</summary>
public static class BicepParser
{
    /// <summary>Parses files.</summary>
    /// <param name="folder">Where they lie.</param>
    /// <param name="paths">Each relative to the folder; the answer is an object from these to declarations.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="InvalidOperationException">The parser failed; the message is what it said.</exception>
    public static async Task<JsonElement> ParseAsync(string folder, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        await NodeModules.EnsureAsync(cancellationToken);
        using var node = new Process { StartInfo = StartInfo(folder, paths) };
        node.Start();
        var output = node.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = node.StandardError.ReadToEndAsync(cancellationToken);
        await node.WaitForExitAsync(cancellationToken);
        using var json = node.ExitCode == 0 ? JsonDocument.Parse(await output) : throw new InvalidOperationException(await errors);
        return json.RootElement.Clone();
    }

    static ProcessStartInfo StartInfo(string folder, IEnumerable<string> paths) =>
        new("node", [Path.Combine(NodeModules.Folder, "bicep", "tree.js"), .. paths])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
}
