using System.Globalization;
using System.Net.Http.Headers;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;
using ServerlessSync.Storage.Tables;
using ServerlessSync.TestKit.Servers;
using ServerlessSync.Web;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>Both real targets, a store, and the host that is killed and started again on it.</summary>
sealed class KillWorld : IAsyncDisposable
{
    /// <summary>How long the SCIM server holds back each answer after the effect: a kill in that time is one between effect and record.</summary>
    public static readonly TimeSpan AnswerDelay = TimeSpan.FromMilliseconds(300);

    /// <summary>Everything in one file.</summary>
    public const string OnSqlite = "sqlite";

    /// <summary>All but the workflow history on Azurite.</summary>
    public const string OnTables = "tables";

    readonly string _folder = Directory.CreateTempSubdirectory("serverlesssync-kill-").FullName;
    readonly AzuriteServer? _tables;
    int _saasBefore;
    int _saasEffectsBefore;
    int _warehouseBefore;

    KillWorld(ScimServer saas, PostgreSqlServer warehouse, AzuriteServer? tables)
    {
        Saas = saas;
        Warehouse = warehouse;
        _tables = tables;
        File.WriteAllText(ConfigurationPath, KillYaml.Text);
    }

    public ScimServer Saas { get; }

    public PostgreSqlServer Warehouse { get; }

    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>The words of the command line that say where the host keeps its data.</summary>
    public IReadOnlyList<string> StoreWords => ["--data", DataFolder, "--store", _tables is null ? OnSqlite : OnTables];

    public string ConfigurationPath => Path.Combine(_folder, "mesh.yaml");

    /// <summary>What mesh.yaml takes from the environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["HR_KEY_1"] = HostApi.Secret,
        ["OPS_KEY"] = HostApi.Key,
        ["SAAS_URL"] = Saas.BaseUrl.AbsoluteUri,
        ["SAAS_TOKEN"] = Saas.Token,
        ["WAREHOUSE_URL"] = string.Create(CultureInfo.InvariantCulture, $"postgresql://{Warehouse.AdminUser}@127.0.0.1:{Warehouse.Port}/postgres"),
        ["WAREHOUSE_PASSWORD"] = Warehouse.AdminPassword,
        [SettingNames.Tables] = _tables?.ConnectionString ?? "",
    };

    /// <summary>Starts the targets, with a stranger's account under the name of one person, and the store where it is a server.</summary>
    public static async Task<KillWorld> StartAsync(string store, Person? foreign, CancellationToken cancellationToken)
    {
        var started = new Stack<IAsyncDisposable>();
        try
        {
            var warehouse = await PostgreSqlServer.StartAsync(cancellationToken);
            started.Push(warehouse);
            var tables = store == OnTables ? await AzuriteServer.StartAsync(cancellationToken) : null;
            if (tables is not null)
            {
                started.Push(tables);
            }

            var saas = await ScimServer.StartAsync([.. ExpectedWorld.Entitlements.Select(e => e.Group)], AnswerDelay, cancellationToken);
            started.Push(saas);
            var world = new KillWorld(saas, warehouse, tables);
            await world.PrepareTargetsAsync(foreign, cancellationToken);
            return world;
        }
        catch
        {
            while (started.TryPop(out var part))
            {
                await part.DisposeAsync();
            }

            throw;
        }
    }

    public Task<ServerProcess> StartHostAsync(CancellationToken cancellationToken) => StartHostUnderAsync([], cancellationToken);

    /// <summary>Starts the host by another program whose words these are.</summary>
    public Task<ServerProcess> StartHostUnderAsync(IReadOnlyList<string> launcher, CancellationToken cancellationToken) =>
        HostProgram.ServeUnderAsync(launcher, ConfigurationPath, StoreWords, Environment, cancellationToken);

    /// <summary>Every effect at both targets since the mesh began.</summary>
    public IReadOnlyList<string> ReadEffects() =>
        [.. TargetEffects.OfSaas(Saas.ReadEffects().Skip(_saasBefore)), .. TargetEffects.OfWarehouse(Warehouse.ReadDdl().Skip(_warehouseBefore))];

    /// <summary>The effects at the SCIM server since the mesh began, with their times.</summary>
    public IReadOnlyList<ScimEffect> ReadSaasEffects() => [.. Saas.ReadEffects().Skip(_saasBefore).Where(e => e.Effect != "none")];

    /// <summary>Has the SCIM server keep back its answers from an effect on, counted as in <see cref="ReadSaasEffects"/> from 1.</summary>
    public void HoldAnswers(int? effect)
    {
        if (effect is { } number)
        {
            Saas.HoldAnswers(_saasEffectsBefore + number);
        }
    }

    /// <summary>Lets the SCIM server answer again.</summary>
    public void ReleaseAnswers() => Saas.ReleaseAnswers();

    /// <summary>
    /// Events recorded and in no lane. On SQLite read from a copy of the dead host's files, so that their recovery is left to the next host.
    /// </summary>
    public async Task<int> CountUnqueuedAsync()
    {
        if (_tables is not null)
        {
            using var rows = new TablesRowStore(TablesOptions.FromConnectionString(_tables.ConnectionString));
            return await CountUnqueuedAsync(rows);
        }

        var copy = Directory.CreateDirectory(Path.Combine(_folder, "copy")).FullName;
        foreach (var file in Directory.GetFiles(DataFolder, "mesh.db*").Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        int count;
        await using (var database = SqliteDatabase.Open(new SqliteOptions(Path.Combine(copy, "mesh.db"))))
        {
            count = await CountUnqueuedAsync(new SqliteRowStore(database));
        }

        Directory.Delete(copy, recursive: true);
        return count;
    }

    /// <summary>Whether no process is in the middle of a write to the host's file.</summary>
    public async Task<bool> IsStoreFreeAsync()
    {
        try
        {
            await SqliteDatabase.Open(new SqliteOptions(Path.Combine(DataFolder, "mesh.db"))).DisposeAsync();
            return true;
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Unavailable)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Saas.DisposeAsync();
        await Warehouse.DisposeAsync();
        await (_tables?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(_folder, recursive: true);
    }

    static async Task<int> CountUnqueuedAsync(IRowStore rows)
    {
        var count = 0;
        await foreach (var _ in new MeshStores(rows, TimeProvider.System).Inbox.ReadReceivedAsync("hr", CancellationToken.None))
        {
            count++;
        }

        return count;
    }

    async Task PrepareTargetsAsync(Person? foreign, CancellationToken cancellationToken)
    {
        await Warehouse.CreateGroupRolesAsync(
            ExpectedWorld.Entitlements.Select(e => e.Role).OfType<string>().Where(r => r != ExpectedWorld.MissingRole), cancellationToken);
        if (foreign is not null)
        {
            using var client = Saas.NativeClient();
            using var body = new StringContent(
                $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{foreign.UserName}}"}""");
            body.Headers.ContentType = new MediaTypeHeaderValue("application/scim+json");
            using var answer = await client.PostAsync(new Uri("Users", UriKind.Relative), body, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }

        var before = Saas.ReadEffects();
        (_saasBefore, _saasEffectsBefore) = (before.Count, before.Count(e => e.Effect != "none"));
        _warehouseBefore = Warehouse.ReadDdl().Count;
    }
}
