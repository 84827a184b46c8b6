using System.Diagnostics.CodeAnalysis;
using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Reconciliation.Real;

/// <summary>One comparison of a real SCIM server by one host after the other, each killed where the test says.</summary>
sealed class MortalComparison : IAsyncDisposable
{
    static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(5);
    static readonly TimeSpan OrderlyStop = TimeSpan.FromSeconds(60);

    readonly FaultyProxy _proxy;
    readonly CancellationToken _limit;

    [SuppressMessage("Security", "CA5394", Justification = "A seed must give the same run again.")]
    MortalComparison(RealStage stage, IReadOnlyList<Employee> employees, CancellationToken limit)
    {
        (Stage, _limit) = (stage, limit);
        Planting = new NativePlanting(employees, new Random(Sweep.Seed(1)));
        _proxy = new FaultyProxy(stage.Saas.Port, seed: 1) { OnRequest = Requests.PassAsync };
        stage.SaasPort = _proxy.Port;
    }

    public RealStage Stage { get; }

    public NativePlanting Planting { get; }

    public WatchedRequests Requests { get; } = new();

    public static async Task<MortalComparison> PlantAsync(int people, int drifts, int onPage, CancellationToken limit)
    {
        var employees = Employee.Many(people);
        var comparison = new MortalComparison(await RealStage.StartAsync(employees, onPage, limit), employees, limit);
        try
        {
            await comparison.Stage.RecordAsync(employees, limit);
            await comparison.Planting.PlantAsync(comparison.Stage.Saas, drifts, limit);
            return comparison;
        }
        catch
        {
            await comparison.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the comparison, which dies waiting for a page; answers its run.</summary>
    public async Task<string> DieReadingAsync(int page)
    {
        var reading = Requests.HoldAsync(WatchedRequests.IsPage, page);
        var run = await OnHostAsync(async api =>
        {
            var started = await api.StartAsync(RealYaml.Saas, dryRun: true, ReconciliationMode.Complete, _limit);
            await reading.WaitAsync(_limit);
            return started;
        });
        Requests.Release();
        return run;
    }

    /// <summary>Goes on and dies as soon as everything is read; answers the part it died in.</summary>
    public Task<string> DieComparingAsync(string run) => OnHostAsync(async api =>
    {
        while (true)
        {
            if (await api.StageAsync(run, _limit) is { } stage && (stage is "check" or "confirm" || stage.StartsWith("compare", StringComparison.Ordinal)))
            {
                return stage;
            }

            await Task.Delay(BetweenPolls, TimeProvider.System, _limit);
        }
    });

    /// <summary>Goes on and dies where requests are held.</summary>
    public async Task DieHeldAsync(Task held)
    {
        await OnHostAsync(async _ =>
        {
            await held.WaitAsync(_limit);
            return true;
        });
        Requests.Release();
    }

    /// <summary>Goes on to the end.</summary>
    public Task<ReconciliationRun> EndAsync(string run) => OnHostAsync(async api => (await api.EndAsync(RealYaml.Saas, run, _limit)).Run, OrderlyStop);

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        Planting.Dispose();
        await Stage.DisposeAsync();
    }

    /// <summary>Starts a host, waits for something, and kills the host or, given a time for it, stops it in order.</summary>
    async Task<T> OnHostAsync<T>(Func<ComparisonApi, Task<T>> awaited, TimeSpan? orderly = null)
    {
        Requests.Host++;
        await using var host = await Stage.StartHostAsync(_limit);
        using var client = HostApi.ClientOf(host);
        try
        {
            var seen = await awaited(new ComparisonApi(client));
            await (orderly is { } time ? host.StopAsync(time) : host.KillAsync());
            return seen;
        }
        finally
        {
            await host.KillAsync();
        }
    }
}
