using ServerlessSync.Demo.Api;
using ServerlessSync.Demo.Hr;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Demo.World;

/// <summary>The sample world: two real targets with the groups mesh.yaml speaks of, strangers in them, and the mesh.</summary>
sealed class SampleWorld : IAsyncDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("serverlesssync-world-").FullName;
    HttpClient? _client;

    SampleWorld(MeshConfiguration configuration)
    {
        Configuration = configuration;
        ScimTarget = configuration.Targets.Values.Single(t => t.Connector == "scim").Name;
        PostgreSqlTarget = configuration.Targets.Values.Single(t => t.Connector == "postgresql").Name;
    }

    public MeshConfiguration Configuration { get; }

    public HrFile Hr { get; } = HrFile.Load(RepositoryRoot.Combine("infra", "local", "hr"));

    /// <summary>The SCIM target's name in mesh.yaml.</summary>
    public string ScimTarget { get; }

    /// <summary>The PostgreSQL target's name in mesh.yaml.</summary>
    public string PostgreSqlTarget { get; }

    public ScimServer Scim { get; private set; } = null!;

    public PostgreSqlServer PostgreSql { get; private set; } = null!;

    /// <summary>The Table storage the mesh keeps its rows in, when it was asked for.</summary>
    public AzuriteServer? Tables { get; private set; }

    public ScimStrangers ScimStrangers { get; private set; } = null!;

    public PostgreSqlStrangers PostgreSqlStrangers { get; private set; } = null!;

    public Secrets Secrets { get; private set; } = null!;

    public ServerProcess Host { get; private set; } = null!;

    public MeshApi Api { get; private set; } = null!;

    /// <summary>Where the mesh listens.</summary>
    public Uri Address => MeshHost.AddressOf(Host);

    /// <summary>The file with the world's secrets, readable by its owner alone.</summary>
    public string SecretsPath => Path.Combine(_folder, "keys.env");

    /// <summary>Starts everything.</summary>
    /// <param name="store">sqlite, or tables for one on Azurite.</param>
    /// <param name="port">Where the mesh listens; any free port when null.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<SampleWorld> StartAsync(string store, int? port, CancellationToken cancellationToken)
    {
        var world = new SampleWorld(await LoadAsync(cancellationToken));
        try
        {
            await world.StartTargetsAsync(cancellationToken);
            world.Tables = store == "tables" ? await AzuriteServer.StartAsync(cancellationToken) : null;
            world.Secrets = new Secrets(world.Scim, world.PostgreSql, world.Tables);
            world.Secrets.Write(world.SecretsPath);
            string[] words = ["--data", Path.Combine(world._folder, "data"), "--store", store];
            world.Host = await MeshHost.StartAsync(words, port, world.Secrets, cancellationToken);
            world._client = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = world.Address };
            world.Api = new MeshApi(world._client, world.Secrets.ViewKey, world.Secrets.OperatorKey);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>The names of every right of a kind on a target, as mesh.yaml writes them.</summary>
    public IReadOnlyList<string> RightsOf(string target, string kind) =>
    [
        .. Configuration.Entitlements.SelectMany(e => e.Grants.GetValueOrDefault(target) ?? [])
            .Where(right => right.StartsWith(kind + ":", StringComparison.Ordinal))
            .Select(right => right[(kind.Length + 1)..])
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>HR, ready to send.</summary>
    public HrSender NewSender() => new(_client!, Secrets.HrKeys, TimeProvider.System);

    /// <summary>Kills a target for good.</summary>
    /// <param name="connector">scim or postgresql.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task KillAsync(string connector, CancellationToken cancellationToken) =>
        connector == "scim" ? Scim.KillAsync() : PostgreSql.KillAsync(cancellationToken);

    /// <summary>Stops everything and removes what it left.</summary>
    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        foreach (IAsyncDisposable? part in new IAsyncDisposable?[] { Host, Tables, PostgreSqlStrangers, PostgreSql, ScimStrangers, Scim })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    static async Task<MeshConfiguration> LoadAsync(CancellationToken cancellationToken)
    {
        var read = MeshConfigurationLoader.Load(await File.ReadAllBytesAsync(MeshHost.ConfigurationPath, cancellationToken));
        return read.Configuration ?? throw new InvalidOperationException($"{MeshHost.ConfigurationPath}:\n{string.Join('\n', read.Errors)}");
    }

    async Task StartTargetsAsync(CancellationToken cancellationToken)
    {
        var groups = RightsOf(ScimTarget, "group");
        Scim = await ScimServer.StartAsync(groups, TimeSpan.Zero, cancellationToken);
        ScimStrangers = await ScimStrangers.PlantAsync(Scim.NativeClient(), groups[0], cancellationToken);
        PostgreSql = await PostgreSqlServer.StartAsync(cancellationToken);
        var roles = RightsOf(PostgreSqlTarget, "role");
        await PostgreSql.CreateGroupRolesAsync(roles, cancellationToken);
        PostgreSqlStrangers = await PostgreSqlStrangers.PlantAsync(PostgreSql, roles[0], cancellationToken);
    }
}
