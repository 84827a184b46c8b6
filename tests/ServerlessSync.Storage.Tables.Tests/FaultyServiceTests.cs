using System.Globalization;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Servers;
using Shouldly;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>A service that answers 503, 500 and 412, closes connections before and after the effect, and stalls.</summary>
public sealed class FaultyServiceTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    const int Writers = 8;
    const int MostInFlight = 4;
    const long MostGrowth = 64 * 1024 * 1024;

    [Theory]
    [InlineData(1, 60)]
    [InlineData(10, 40)]
    [InlineData(50, 20)]
    public async Task Through_a_faulty_service_writers_progress_and_no_acknowledged_commit_is_lost_or_doubled(int percent, int commitsEach)
    {
        for (var run = 0; run < Sweep.Pick(1, 20); run++)
        {
            await RunAsync(percent, commitsEach, Sweep.Seed(11) + (100 * run) + percent);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(50)]
    public async Task Through_a_faulty_service_every_event_is_recorded_once_queued_once_and_audited_once(int percent)
    {
        for (var run = 0; run < Sweep.Pick(1, 20); run++)
        {
            var seed = Sweep.Seed(11) + (100 * run) + percent;
            await using var proxy = new FaultyProxy(azurite.Server.Port, seed);
            using var network = new InFlight();
            var options = azurite.NewOptions();
            using var honest = new TablesRowStore(options);
            using var store = new TablesRowStore(Impatient(options, proxy.Port), network, TimeProvider.System);
            var intake = new FaultyIntake(new MeshStores(store, TimeProvider.System));

            proxy.FailAt(percent / 100.0);
            await intake.RunAsync(senders: 6, eventsEach: 8);

            (await FaultyIntake.StateAsync(new MeshStores(honest, TimeProvider.System)))
                .ShouldBe("lanes 16 16 16, received 48, audit 48 entries 0 faults", $"seed {seed}");
            intake.NewTwice().ShouldBeEmpty($"seed {seed}");
            network.Most.ShouldBeLessThanOrEqualTo(MostInFlight);
        }
    }

    async Task RunAsync(int percent, int commitsEach, int seed)
    {
        await using var proxy = new FaultyProxy(azurite.Server.Port, seed);
        using var network = new InFlight();
        var options = azurite.NewOptions();
        using var honest = new TablesRowStore(options);
        using var store = new TablesRowStore(Impatient(options, proxy.Port), network, TimeProvider.System);
        var work = new FaultyWork(store, seed);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        proxy.FailAt(percent / 100.0);
        await work.RunAsync(Writers, commitsEach, CancellationToken.None);

        (await work.ErrorsAsync(honest, CancellationToken.None)).ShouldBeEmpty($"seed {seed}");
        work.Acknowledged.ShouldBe(Writers * commitsEach);
        network.Most.ShouldBeLessThanOrEqualTo(MostInFlight);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(MostGrowth);
        Progress.Show(string.Create(CultureInfo.InvariantCulture,
            $"faulty table service, {percent} % of requests, seed {seed}: {work.Acknowledged} commits, {work.Unknown} of unknown outcome; {string.Join(", ", proxy.Done.Select(done => $"{done.Key} {done.Value}"))}"));
    }

    TablesOptions Impatient(TablesOptions options, int port) => TablesOptions.FromConnectionString(azurite.Server.ConnectionStringAt(port)) with
    {
        TablePrefix = options.TablePrefix,
        MaxConnections = MostInFlight,
        RetryDelay = TimeSpan.FromMilliseconds(5),
        MaxRetryDelay = TimeSpan.FromMilliseconds(50),
        RequestTimeout = TimeSpan.FromSeconds(2),
    };
}
