using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ServerlessSync.TestKit.Servers;

/// <summary>
/// Azurite's table service on a free port, in memory. Killed, it loses what it acknowledged, so tests kill the product and leave it alone.
/// </summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    const string Account = "devstoreaccount1";

    readonly ServerProcess _process;
    readonly string _folder;
    int _prefixes;

    AzuriteServer(ServerProcess process, string folder, int port, string key) => (_process, _folder, Port, Key) = (process, folder, port, key);

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>The key of its only account.</summary>
    public string Key { get; }

    /// <summary>The address of its only account.</summary>
    public Uri Endpoint => EndpointAt(Port);

    /// <summary>The connection string of its only account.</summary>
    public string ConnectionString => ConnectionStringAt(Port);

    /// <summary>Starts one.</summary>
    public static async Task<AzuriteServer> StartAsync(CancellationToken cancellationToken = default)
    {
        await NodeModules.EnsureAsync(cancellationToken);
        var folder = Directory.CreateTempSubdirectory("serverlesssync-azurite-").FullName;
        var key = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        for (var tries = 1; ; tries++)
        {
            var port = FreePort();
            try
            {
                return new AzuriteServer(await ServerProcess.StartAsync(Command(port, folder, key), cancellationToken), folder, port, key);
            }
            catch (InvalidOperationException) when (tries < 5)
            {
                // Somebody else may have taken the port meanwhile.
            }
        }
    }

    /// <summary>A prefix for tables no test has used before.</summary>
    public string NewPrefix() => string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref _prefixes)}x");

    /// <summary>The address of the account as seen through another port.</summary>
    public static Uri EndpointAt(int port) => new($"http://127.0.0.1:{port}/{Account}");

    /// <summary>The connection string of the account as seen through another port.</summary>
    public string ConnectionStringAt(int port) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};TableEndpoint={EndpointAt(port)};";

    /// <summary>Kills it and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    static ServerCommand Command(int port, string folder, string key)
    {
        string[] arguments =
        [
            Path.Combine(NodeModules.Folder, "node_modules", "azurite", "dist", "src", "table", "main.js"),
            "--silent", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--disableProductStyleUrl",
            "--tableHost", "127.0.0.1", "--tablePort", port.ToString(CultureInfo.InvariantCulture),
        ];
        return new ServerCommand("node", arguments, line => line.Contains("successfully started", StringComparison.Ordinal))
        {
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["AZURITE_ACCOUNTS"] = $"{Account}:{key}" },
        };
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
