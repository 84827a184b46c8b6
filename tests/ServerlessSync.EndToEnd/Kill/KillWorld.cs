using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;
using ServerlessSync.TestKit.Servers;
using ServerlessSync.Web.Intake;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>Both real targets, a data folder, and the host that is killed and started again on it.</summary>
sealed class KillWorld : IAsyncDisposable
{
    /// <summary>How long the SCIM server holds back each answer after the effect: a kill in that time is one between effect and record.</summary>
    public static readonly TimeSpan AnswerDelay = TimeSpan.FromMilliseconds(300);

    static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(50);
    static readonly string Secret = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    static readonly string ApiKey = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    readonly string _folder = Directory.CreateTempSubdirectory("serverlesssync-kill-").FullName;
    readonly byte[] _signingKey = StandardWebhooks.DecodeKey(Secret);
    int _saasBefore;
    int _warehouseBefore;

    KillWorld(ScimServer saas, PostgreSqlServer warehouse)
    {
        Saas = saas;
        Warehouse = warehouse;
        File.WriteAllText(ConfigurationPath, KillYaml.Text);
    }

    public ScimServer Saas { get; }

    public PostgreSqlServer Warehouse { get; }

    public string DataFolder => Path.Combine(_folder, "data");

    public string ConfigurationPath => Path.Combine(_folder, "mesh.yaml");

    /// <summary>What mesh.yaml takes from the environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["HR_KEY_1"] = Secret,
        ["OPS_KEY"] = ApiKey,
        ["SAAS_URL"] = Saas.BaseUrl.AbsoluteUri,
        ["SAAS_TOKEN"] = Saas.Token,
        ["WAREHOUSE_URL"] = string.Create(CultureInfo.InvariantCulture, $"postgresql://{Warehouse.AdminUser}@127.0.0.1:{Warehouse.Port}/postgres"),
        ["WAREHOUSE_PASSWORD"] = Warehouse.AdminPassword,
    };

    /// <summary>Starts the targets, with a stranger's account under the name of one person.</summary>
    public static async Task<KillWorld> StartAsync(Person? foreign, CancellationToken cancellationToken)
    {
        var warehouse = await PostgreSqlServer.StartAsync(cancellationToken);
        KillWorld? world = null;
        try
        {
            world = new KillWorld(
                await ScimServer.StartAsync([.. ExpectedWorld.Entitlements.Select(e => e.Group)], AnswerDelay, cancellationToken), warehouse);
            await world.PrepareTargetsAsync(foreign, cancellationToken);
            return world;
        }
        catch
        {
            await (world?.DisposeAsync() ?? warehouse.DisposeAsync());
            throw;
        }
    }

    public Task<ServerProcess> StartHostAsync(CancellationToken cancellationToken) => StartHostUnderAsync([], cancellationToken);

    /// <summary>Starts the host by another program whose words these are.</summary>
    public Task<ServerProcess> StartHostUnderAsync(IReadOnlyList<string> launcher, CancellationToken cancellationToken) =>
        HostProgram.ServeUnderAsync(launcher, ConfigurationPath, DataFolder, Environment, cancellationToken);

    /// <summary>A client of one host's API.</summary>
    public static HttpClient ClientOf(ServerProcess host)
    {
        var client = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = HostProgram.AddressOf(host), Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        return client;
    }

    /// <summary>Sends a signed webhook, and answers whether the sender got its 202; a connection cut by the host's death is no 202.</summary>
    public async Task<bool> SendAsync(HttpClient client, HrEvent said, CancellationToken cancellationToken)
    {
        var status = await PostAsync(client, said, cancellationToken);
        (status ?? 202).ShouldBe(202);
        return status is not null;
    }

    /// <summary>Sends a signed webhook and answers its status; null when the connection was cut.</summary>
    public async Task<int?> PostAsync(HttpClient client, HrEvent said, CancellationToken cancellationToken)
    {
        var body = said.ToBody();
        var now = TimeProvider.System.GetUtcNow();
        using var request = new HttpRequestMessage(HttpMethod.Post, "intake/hr") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(StandardWebhooks.IdHeader, said.Id);
        request.Headers.Add(StandardWebhooks.TimestampHeader, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(StandardWebhooks.SignatureHeader, StandardWebhooks.Sign(said.Id, now, body, _signingKey));
        try
        {
            using var answer = await client.SendAsync(request, cancellationToken);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>All items of a list of the API.</summary>
    public static async Task<IReadOnlyList<JsonElement>> ListAsync(HttpClient client, string path, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative), cancellationToken));
        var root = document.RootElement.Clone();
        return [.. (root.ValueKind == JsonValueKind.Array ? root : root.GetProperty("items")).EnumerateArray()];
    }

    /// <summary>Returns when everybody these events speak of is active and nothing is under way for them.</summary>
    public static async Task SettleAsync(HttpClient client, IReadOnlyCollection<HrEvent> sent, CancellationToken cancellationToken)
    {
        var names = sent.Select(said => said.Person.UserName).ToHashSet(StringComparer.Ordinal);
        while (!names.IsSubsetOf((await ListAsync(client, "identities?top=1000", cancellationToken))
            .Where(i => RegistryView.IsIdle(i) && RegistryView.IsActive(i)).Select(RegistryView.UserNameOf)))
        {
            await Task.Delay(BetweenPolls, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Every effect at both targets since the mesh began.</summary>
    public IReadOnlyList<string> ReadEffects() =>
        [.. TargetEffects.OfSaas(Saas.ReadEffects().Skip(_saasBefore)), .. TargetEffects.OfWarehouse(Warehouse.ReadDdl().Skip(_warehouseBefore))];

    /// <summary>The effects at the SCIM server since the mesh began, with their times.</summary>
    public IReadOnlyList<ScimEffect> ReadSaasEffects() => [.. Saas.ReadEffects().Skip(_saasBefore).Where(e => e.Effect != "none")];

    /// <summary>Events recorded and in no lane, read from a copy of the dead host's files, so that their recovery is left to the next host.</summary>
    public async Task<int> CountUnqueuedAsync()
    {
        var copy = Directory.CreateDirectory(Path.Combine(_folder, "copy")).FullName;
        foreach (var file in Directory.GetFiles(DataFolder, "mesh.db*").Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        var count = 0;
        await using (var database = SqliteDatabase.Open(new SqliteOptions(Path.Combine(copy, "mesh.db"))))
        {
            await foreach (var _ in new MeshStores(new SqliteRowStore(database), TimeProvider.System).Inbox.ReadReceivedAsync("hr", CancellationToken.None))
            {
                count++;
            }
        }

        Directory.Delete(copy, recursive: true);
        return count;
    }

    public async ValueTask DisposeAsync()
    {
        await Saas.DisposeAsync();
        await Warehouse.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
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

        _saasBefore = Saas.ReadEffects().Count;
        _warehouseBefore = Warehouse.ReadDdl().Count;
    }
}
