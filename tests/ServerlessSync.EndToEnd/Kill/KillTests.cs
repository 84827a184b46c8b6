using ServerlessSync.TestKit;
using Xunit.Abstractions;

namespace ServerlessSync.EndToEnd.Kill;

public sealed class KillTests(ITestOutputHelper output)
{
    const int Runs = 20;

    static readonly TimeSpan OrderlyStop = TimeSpan.FromSeconds(10);
    static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(12);

    public static TheoryData<string, int> StoresAndSeeds
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var seed in Enumerable.Range(Sweep.Seed(otherwise: 1), Sweep.Pick(1, Runs)))
            {
                data.Add(KillWorld.OnSqlite, seed);
                data.Add(KillWorld.OnTables, seed);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(StoresAndSeeds))]
    public async Task Killed_ten_times_the_host_loses_nothing_and_does_nothing_twice(string store, int seed)
    {
        using var limit = new CancellationTokenSource(LongestRun, TimeProvider.System);
#pragma warning disable CA5394 // A seed must give the same run again.
        var random = new Random(seed);
#pragma warning restore CA5394
        var workload = Workload.Draw(random);
        await using var world = await KillWorld.StartAsync(store, workload.Foreign, limit.Token);
        var run = new KillRun(world, workload, random, Say);
        try
        {
            Say(FormattableString.Invariant($"STORE={store} SEED={seed}"));
            var report = await run.RunAsync(limit.Token);
            Progress.Show(FormattableString.Invariant($"kill -9, {store}, seed {seed}: {report}"));
            Say(report.ToString());
            report.Kills.ShouldBe(10);
            report.Unrecorded.ShouldBeGreaterThan(0);
            await ProveAsync(world, run, limit.Token);
            await ProveStopAsync(world, run, limit.Token);
        }
        catch (HttpRequestException e)
        {
            throw new InvalidOperationException(run.HostState, e);
        }
        finally
        {
            await run.EndAsync();
        }
    }

    /// <summary>Nothing is under way, the registry says what the targets say, and both say what the oracle says.</summary>
    static async Task ProveAsync(KillWorld world, KillRun run, CancellationToken cancellationToken)
    {
        var identities = await HostApi.ListAsync(run.Client, "identities?top=1000", cancellationToken);
        identities.ShouldAllBe(i => RegistryView.IsIdle(i));
        var unfinished = await HostApi.ListAsync(
            run.Client, "durabletask/instances?runtimeStatus=Running,Pending,Suspended,ContinuedAsNew&top=1000", cancellationToken);
        unfinished.ShouldBeEmpty();

        var expected = NativeState.Expect(run.Expected).ToList();
        EffectList.ShouldBeSame(await NativeState.ReadAsync(world, cancellationToken), expected, "at the targets");
        EffectList.ShouldBeSame([.. identities.SelectMany(RegistryView.Lines)], expected, "in the registry");

        var failed = run.Expected.People.Where(p => p.Value.Failed).Select(p => p.Key.UserName);
        var names = identities.ToDictionary(i => i.GetProperty("id").GetString()!, RegistryView.UserNameOf);
        var exceptions = await HostApi.ListAsync(run.Client, "exceptions?top=1000", cancellationToken);
        exceptions.Select(e => names[e.GetProperty("identityId").GetString()!]).Distinct().Order().ShouldBe(failed.Order());
    }

    /// <summary>It stops in order and in time, leaves nothing running, no event unqueued, and an audit record that holds.</summary>
    static async Task ProveStopAsync(KillWorld world, KillRun run, CancellationToken cancellationToken)
    {
        (await run.StopAsync(OrderlyStop)).ShouldBe(0);
        run.StillRunning().ShouldBeEmpty();

        var verified = await HostProgram.RunAsync(["audit", "verify", .. world.StoreWords], world.Environment, cancellationToken);
        verified.Output[0].ShouldStartWith("audit: OK ");
        verified.Output[0].ShouldContain(" unanchored=0 ");
        verified.ExitCode.ShouldBe(0);

        (await world.CountUnqueuedAsync()).ShouldBe(0);
    }

    void Say(string line)
    {
        output.WriteLine(line);
        Progress.Say("kill: " + line);
    }
}
