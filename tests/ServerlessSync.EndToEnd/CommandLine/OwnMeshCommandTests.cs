using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.EndToEnd.Reconciliation.Real;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary>The program compares a real target by itself, on its data folder, with no host that serves.</summary>
public sealed class OwnMeshCommandTests : IAsyncLifetime
{
    /// <summary>More than are mended between two looks at the comparison.</summary>
    const int Disabled = 50;

    static readonly IReadOnlyList<Employee> People = Employee.Many(80);

    readonly string _folder = Directory.CreateTempSubdirectory("serverlesssync-own-").FullName;
    ScimServer _saas = null!;

    static CancellationToken None => CancellationToken.None;

    string Configuration => Path.Combine(_folder, "mesh.yaml");

    string Data => Path.Combine(_folder, "data");

    public async Task InitializeAsync()
    {
        _saas = await ScimServer.StartAsync(RealYaml.Rights, People.Select(p => p.InSaas), None);
        await File.WriteAllTextAsync(Configuration, RealYaml.Text.Replace("reconcile: { guards: { default: { percent: 5,", "reconcile: { canary: 100, guards: { default: { percent: 100,", StringComparison.Ordinal));
        Directory.CreateDirectory(Data);
        await OnStoresAsync(stores => new RecordSeed(stores).WriteAsync(People, None));
    }

    public async Task DisposeAsync()
    {
        await _saas.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_plans_without_touching_anything_and_applied_it_stays_until_everything_is_mended()
    {
        using var native = new ScimDrift(_saas);
        var here = People.Where(p => !p.Left).ToList();
        foreach (var person in here.Take(Disabled))
        {
            await native.DisableAsync(person.UserName, None);
        }

        await native.AddRightAsync(here[^1].UserName, RealYaml.Odd, None);
        await native.SetAttributeAsync(here[^2].UserName, "displayName", "Somebody Else", None);
        var shadow = await native.AddForeignAsync("shadow@example.com", None);

        var plan = await RunAsync();
        plan.ExitCode.ShouldBe(0, Shown(plan));
        plan.Output[0].ShouldBe("reconcile: saas dry run 1 completed accounts=81 expected=80 found=53 inFlight=0");
        plan.Output.Count(line => line.EndsWith("-> mend", StringComparison.Ordinal)).ShouldBe(Disabled + 2, Shown(plan));
        plan.Output.ShouldContain(line => line.Contains($"(nobody known) account {shadow}", StringComparison.Ordinal) && line.EndsWith("-> ask (a person decides about unowned)", StringComparison.Ordinal), Shown(plan));
        plan.Output.ShouldContain("plan: items=53 ask=1 mend=52");
        await OnStoresAsync(async stores => (await stores.Drifts.ReadOpenAsync(RealYaml.Saas, null, None).CountAsync()).ShouldBe(0, "a plan opens nothing"));

        var hash = plan.Output.Single(line => line.StartsWith("plan: ", StringComparison.Ordinal) && !line.Contains("items", StringComparison.Ordinal))["plan: ".Length..];
        var applied = await RunAsync("--apply", hash);
        applied.ExitCode.ShouldBe(0, Shown(applied));
        applied.Output.Count(line => line.Contains("-> mend, now settled (mended and read back by run", StringComparison.Ordinal)).ShouldBe(Disabled + 2, Shown(applied));
        applied.Output.ShouldContain("came of it: items=53 asked=1 settled=52", Shown(applied));

        (await RunAsync()).Output.ShouldContain("plan: items=1 ask=1", "what was mended is found no more");
    }

    Task<CommandResult> RunAsync(params string[] words) => HostProgram.RunAsync(
        ["reconcile", RealYaml.Saas, "--config", Configuration, "--data", Data, .. words],
        new Dictionary<string, string>(KillYaml.UnreachedEnvironment) { ["SAAS_URL"] = _saas.BaseUrl.AbsoluteUri, ["SAAS_TOKEN"] = _saas.Token },
        None);

    async Task OnStoresAsync(Func<MeshStores, Task> act)
    {
        await using var database = SqliteDatabase.Open(new SqliteOptions(Path.Combine(Data, "mesh.db")));
        await act(new MeshStores(new SqliteRowStore(database), TimeProvider.System));
    }

    static string Shown(CommandResult result) => string.Join('\n', result.Output.Concat(result.Errors));
}
