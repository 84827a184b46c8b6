using System.Diagnostics;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>What a command of the program printed and ended with.</summary>
sealed record CommandResult(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors);

/// <summary>The built program <c>serverlesssync</c>, run as its users run it: as a process of its own.</summary>
static class HostProgram
{
    const string Listening = "listening ";

    static readonly TimeSpan LongestCommand = TimeSpan.FromMinutes(1);

    /// <summary>Built together with these tests, so it lies under the same configuration.</summary>
    static string Path { get; } = System.IO.Path.Combine(
        RepositoryRoot.Combine("functions", "ServerlessSync.LocalHost"), System.IO.Path.GetRelativePath(
            RepositoryRoot.Combine("tests", "ServerlessSync.EndToEnd"), AppContext.BaseDirectory), "serverlesssync");

    /// <summary>Starts to serve and returns when it listens, on a port of its own choice; the words of a launcher, if any, start it.</summary>
    public static Task<ServerProcess> ServeUnderAsync(
        IReadOnlyList<string> launcher,
        string configuration,
        IEnumerable<string> store,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken)
    {
        string[] words = [.. launcher, Path, .. ServeWords(configuration, store)];
        return ServerProcess.StartAsync(
            new ServerCommand(words[0], words[1..], line => line.StartsWith(Listening, StringComparison.Ordinal)) { Environment = environment }, cancellationToken);
    }

    /// <summary>The address a serving program listens on.</summary>
    public static Uri AddressOf(ServerProcess process) => new(process.ReadyLine[Listening.Length..] + "/");

    /// <summary>The words of <c>serve</c>.</summary>
    public static string[] ServeWords(string configuration, IEnumerable<string> store, string urls = "http://127.0.0.1:0") =>
        ["serve", "--config", configuration, .. store, "--urls", urls];

    /// <summary>Runs a command to its end.</summary>
    public static async Task<CommandResult> RunAsync(IReadOnlyList<string> words, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Path, words) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken).WaitAsync(LongestCommand, TimeProvider.System, cancellationToken);
            return new CommandResult(process.ExitCode, Lines(await output), Lines(await errors));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
