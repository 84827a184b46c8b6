using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ServerlessSync.TestKit.Servers;

/// <summary>
/// Azurite's table service on a free port, in memory. Killed, it loses what it acknowledged, so tests kill the product and leave it alone.
/// </summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    const string Account = "devstoreaccount1";

    readonly ServerProcess _process;
    readonly string _folder;
    readonly string? _certificate;
    int _prefixes;

    AzuriteServer(ServerProcess process, string folder, int port, string key)
    {
        (_process, _folder, Port, Key) = (process, folder, port, key);
        _certificate = File.Exists(CertificateIn(folder)) ? X509CertificateLoader.LoadCertificateFromFile(CertificateIn(folder)).Thumbprint : null;
    }

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>The key of its only account.</summary>
    public string Key { get; }

    /// <summary>The address of its only account.</summary>
    public Uri Endpoint => _certificate is null ? EndpointAt(Port) : new UriBuilder(EndpointAt(Port)) { Scheme = Uri.UriSchemeHttps }.Uri;

    /// <summary>The connection string of its only account.</summary>
    public string ConnectionString => ConnectionStringAt(Port);

    /// <summary>Starts one.</summary>
    public static Task<AzuriteServer> StartAsync(CancellationToken cancellationToken = default) => StartAsync(withTokens: false, cancellationToken);

    /// <summary>Starts one that speaks https and takes tokens beside its key; it looks at what a token claims and not at its signature.</summary>
    public static Task<AzuriteServer> StartWithTokensAsync(CancellationToken cancellationToken = default) => StartAsync(withTokens: true, cancellationToken);

    /// <summary>A handler that trusts this server's certificate and no other.</summary>
    public SocketsHttpHandler TrustingHandler()
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == _certificate;
        return handler;
    }

    static async Task<AzuriteServer> StartAsync(bool withTokens, CancellationToken cancellationToken)
    {
        await NodeModules.EnsureAsync(cancellationToken);
        var folder = Directory.CreateTempSubdirectory("serverlesssync-azurite-").FullName;
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        if (withTokens)
        {
            WriteCertificate(folder);
        }

        for (var tries = 1; ; tries++)
        {
            var port = FreePort.Find();
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
            .. File.Exists(CertificateIn(folder)) ? (string[])["--oauth", "basic", "--cert", CertificateIn(folder), "--key", KeyIn(folder)] : [],
        ];
        return new ServerCommand("node", arguments, line => line.Contains("successfully started", StringComparison.Ordinal))
        {
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["AZURITE_ACCOUNTS"] = $"{Account}:{key}" },
        };
    }

    static string CertificateIn(string folder) => Path.Combine(folder, "certificate.pem");

    static string KeyIn(string folder) => Path.Combine(folder, "key.pem");

    static void WriteCertificate(string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(CertificateIn(folder), certificate.ExportCertificatePem());
        File.WriteAllText(KeyIn(folder), key.ExportPkcs8PrivateKeyPem());
    }
}
