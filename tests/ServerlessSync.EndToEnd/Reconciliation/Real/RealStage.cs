using System.Globalization;
using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Reconciliation.Real;

/// <summary>A SCIM server and a PostgreSQL cluster that hold the accounts of all employees, a data folder whose record says the same, and hosts on it.</summary>
sealed class RealStage : IAsyncDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("serverlesssync-real-").FullName;

    RealStage(ScimServer saas, PostgreSqlServer warehouse)
    {
        (Saas, Warehouse, SaasPort) = (saas, warehouse, saas.Port);
        File.WriteAllText(ConfigurationPath, RealYaml.Text);
    }

    public ScimServer Saas { get; }

    public PostgreSqlServer Warehouse { get; }

    /// <summary>Where hosts that are started from now on reach the SCIM server.</summary>
    public int SaasPort { get; set; }

    string ConfigurationPath => Path.Combine(_folder, "mesh.yaml");

    string DataFolder => Path.Combine(_folder, "data");

    Dictionary<string, string> Environment => new()
    {
        ["HR_KEY_1"] = HostApi.Secret,
        ["OPS_KEY"] = HostApi.Key,
        ["SAAS_URL"] = new UriBuilder(Saas.BaseUrl) { Port = SaasPort }.Uri.AbsoluteUri,
        ["SAAS_TOKEN"] = Saas.Token,
        ["WAREHOUSE_URL"] = string.Create(CultureInfo.InvariantCulture, $"postgresql://{Warehouse.AdminUser}@127.0.0.1:{Warehouse.Port}/postgres"),
        ["WAREHOUSE_PASSWORD"] = Warehouse.AdminPassword,
    };

    /// <summary>Starts both servers with everybody's account.</summary>
    /// <param name="employees">The people.</param>
    /// <param name="onPage">Users the SCIM server gives at once; null for as many as it usually does.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<RealStage> StartAsync(IReadOnlyList<Employee> employees, int? onPage, CancellationToken cancellationToken)
    {
        var warehouse = await PostgreSqlServer.StartAsync(cancellationToken);
        try
        {
            await warehouse.CreateGroupRolesAsync(RealYaml.Rights, cancellationToken);
            await warehouse.SeedAsync([.. employees.Select(e => e.InWarehouse)], cancellationToken);
            return new RealStage(await ScimServer.StartAsync(RealYaml.Rights, employees.Select(e => e.InSaas), cancellationToken, onPage), warehouse);
        }
        catch
        {
            await warehouse.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a host; it counts on the one before having ended.</summary>
    public Task<ServerProcess> StartHostAsync(CancellationToken cancellationToken) =>
        HostProgram.ServeUnderAsync([], ConfigurationPath, ["--data", DataFolder, "--store", KillWorld.OnSqlite], Environment, cancellationToken);

    /// <summary>Reads or writes the store while no host runs.</summary>
    public async Task<T> OnStoresAsync<T>(Func<MeshStores, Task<T>> act)
    {
        Directory.CreateDirectory(DataFolder);
        await using var database = SqliteDatabase.Open(new SqliteOptions(Path.Combine(DataFolder, "mesh.db")));
        return await act(new MeshStores(new SqliteRowStore(database), TimeProvider.System));
    }

    /// <summary>Writes the record of everybody.</summary>
    public Task RecordAsync(IReadOnlyList<Employee> employees, CancellationToken cancellationToken) => OnStoresAsync(async stores =>
    {
        await new RecordSeed(stores).WriteAsync(employees, cancellationToken);
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        await Saas.DisposeAsync();
        await Warehouse.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
