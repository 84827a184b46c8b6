using System.Diagnostics;
using System.Globalization;

namespace ServerlessSync.TestKit.Servers;

/// <summary>The PostgreSQL programs of this machine, and how they are run: the server refuses to run as root, so root becomes <c>postgres</c> first.</summary>
sealed class PostgreSqlInstallation(string folder)
{
    const string Packages = "/usr/lib/postgresql";

    /// <summary>The newest version installed.</summary>
    public static PostgreSqlInstallation Find()
    {
        var versions = Directory.Exists(Packages) ? Directory.GetDirectories(Packages) : [];
        var newest = versions.Where(v => File.Exists(Path.Combine(v, "bin", "initdb"))).MaxBy(v => int.TryParse(Path.GetFileName(v), CultureInfo.InvariantCulture, out var n) ? n : 0);
        return new PostgreSqlInstallation(Path.Combine(newest ?? throw new InvalidOperationException($"PostgreSQL is not installed under {Packages}: install the package postgresql."), "bin"));
    }

    /// <summary>The words that run a program as the server's user.</summary>
    public IEnumerable<string> Command(string program, bool endsWithParent)
    {
        string[] identity = Environment.IsPrivilegedProcess ? ["--reuid=postgres", "--regid=postgres", "--init-groups"] : [];
        string[] death = endsWithParent ? ["--pdeathsig=QUIT"] : [];
        return ["setpriv", .. identity, .. death, "--", Path.Combine(folder, program)];
    }

    /// <summary>Lets the server's user own a folder.</summary>
    public async Task GiveAwayAsync(string path, CancellationToken cancellationToken)
    {
        if (Environment.IsPrivilegedProcess)
        {
            await RunWordsAsync(["chown", "-R", "postgres:postgres", path], cancellationToken);
        }
    }

    /// <summary>Runs a program to its end.</summary>
    public Task RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        RunWordsAsync([.. Command(program, endsWithParent: false), .. arguments], cancellationToken);

    static async Task RunWordsAsync(string[] words, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/" };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{words[0]} was not started.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', words)} ended with {process.ExitCode}:\n{await output}{await errors}");
        }
    }
}
