using System.Net;
using System.Net.Sockets;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Demo.World;

/// <summary>The program under demonstration, run as a process of its own.</summary>
static class MeshHost
{
    const string Listening = "listening ";

    /// <summary>The sample world's configuration.</summary>
    public static string ConfigurationPath { get; } = RepositoryRoot.Combine("infra", "local", "mesh.yaml");

    /// <summary>The program, built in the configuration we are built in.</summary>
    public static string ProgramPath { get; } = RepositoryRoot.Combine(
        "functions", "ServerlessSync.LocalHost", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "serverlesssync");

    /// <summary>Starts it and returns when it listens.</summary>
    /// <param name="store">The words of the command line that say where it keeps its data.</param>
    /// <param name="port">Where it listens; any free port when null.</param>
    /// <param name="secrets">Its environment.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<ServerProcess> StartAsync(IEnumerable<string> store, int? port, Secrets secrets, CancellationToken cancellationToken)
    {
        if (!File.Exists(ProgramPath))
        {
            throw new FileNotFoundException($"the program is not built: {ProgramPath}");
        }

        string[] arguments = ["serve", "--config", ConfigurationPath, .. store, "--urls", FormattableString.Invariant($"http://127.0.0.1:{port ?? FreePort()}")];
        return await ServerProcess.StartAsync(
            new ServerCommand(ProgramPath, arguments, line => line.StartsWith(Listening, StringComparison.Ordinal)) { Environment = secrets.Variables },
            cancellationToken);
    }

    /// <summary>The address it said it listens on.</summary>
    public static Uri AddressOf(ServerProcess host) => new(host.ReadyLine[Listening.Length..].Trim().TrimEnd('/') + "/");

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
