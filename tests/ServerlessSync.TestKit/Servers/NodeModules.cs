namespace ServerlessSync.TestKit.Servers;

/// <summary>The npm packages of infra/local, installed when they are missing.</summary>
static class NodeModules
{
    const string Installed = ".package-lock.json";

    public static string Folder { get; } = RepositoryRoot.Combine("infra", "local");

    /// <summary>Installs the packages once, however many test processes ask for them at a time.</summary>
    public static async Task EnsureAsync(CancellationToken cancellationToken)
    {
        // npm writes this file last, so an install that was cut off is done again.
        var done = Path.Combine(Folder, "node_modules", Installed);
        if (File.Exists(done))
        {
            return;
        }

        await using var _ = await FileLock.TakeAsync(Path.Combine(Path.GetTempPath(), $"serverlesssync-npm-{Environment.UserName}.lock"), cancellationToken);
        if (File.Exists(done))
        {
            return;
        }

        var install = new ServerCommand("npm", ["ci", "--no-audit", "--no-fund"], line => line.StartsWith("added ", StringComparison.Ordinal))
        {
            WorkingDirectory = Folder,
            StartLimit = TimeSpan.FromMinutes(5),
        };
        await using var npm = await ServerProcess.StartAsync(install, cancellationToken);
        await npm.WaitForExitAsync(cancellationToken);
    }
}
