using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>Two hosts on one data folder: the lease of the history decides which of them acts.</summary>
public sealed class TwoHostsTests
{
    static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan LongestTest = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(KillWorld.OnSqlite)]
    [InlineData(KillWorld.OnTables)]
    public async Task A_second_host_does_not_act_while_the_first_lives_and_takes_over_when_it_is_killed(string store)
    {
        using var limit = new CancellationTokenSource(LongestTest, TimeProvider.System);
        var expected = new ExpectedWorld(new Person("0", "nobody", "Nobody"));
        var (ada, bob) = (Joiner("1", "ada"), Joiner("2", "bob"));
        await using var world = await KillWorld.StartAsync(store, foreign: null, limit.Token);
        await using var first = await world.StartHostAsync(limit.Token);
        using var second = new CancellationTokenSource();
        var starting = world.StartHostAsync(second.Token);
        try
        {
            await CarryAsync(world, first, expected, ada, limit.Token);
            starting.IsCompleted.ShouldBeFalse();

            await first.KillAsync();
            await using var successor = await starting.WaitAsync(limit.Token);
            await CarryAsync(world, successor, expected, bob, limit.Token);

            await successor.StopAsync(TimeSpan.FromSeconds(10));
            successor.ExitCode.ShouldBe(0);
        }
        finally
        {
            await second.CancelAsync();
            await starting.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    [Theory]
    [InlineData(KillWorld.OnSqlite)]
    [InlineData(KillWorld.OnTables)]
    public async Task A_host_that_hung_past_its_lease_finds_itself_replaced_and_ends_without_a_second_effect(string store)
    {
        using var limit = new CancellationTokenSource(LongestTest, TimeProvider.System);
        var expected = new ExpectedWorld(new Person("0", "nobody", "Nobody"));
        var joiners = Enumerable.Range(0, 8).Select(n => Joiner(FormattableString.Invariant($"{n + 1}"), $"joiner{(char)('a' + n)}")).ToList();
        joiners.ForEach(expected.Apply);
        await using var world = await KillWorld.StartAsync(store, foreign: null, limit.Token);
        await using var hung = await world.StartHostAsync(limit.Token);
        try
        {
            using var client = HostApi.ClientOf(hung);
            (await Task.WhenAll(joiners.Select(j => HostApi.SendAsync(client, j, limit.Token)))).ShouldAllBe(accepted => accepted);
            while (world.ReadSaasEffects().Count < 4)
            {
                await Task.Delay(BetweenPolls, TimeProvider.System, limit.Token);
            }

            await PauseBetweenWritesAsync(world, hung, limit.Token);
            await using var successor = await world.StartHostAsync(limit.Token);
            using var api = HostApi.ClientOf(successor);
            foreach (var joiner in joiners)
            {
                await HostApi.SettleAsync(api, [joiner], limit.Token);
            }

            hung.Resume();
            await hung.WaitForExitAsync(limit.Token);
            hung.ExitCode.ShouldBe(1);
            EffectList.ShouldBeSame(world.ReadEffects(), expected.Effects, "after both");
        }
        finally
        {
            await hung.KillAsync();
        }
    }

    /// <summary>Lets the host hang where it does not hold the file: nobody can write while a stopped process is in the middle of a write.</summary>
    static async Task PauseBetweenWritesAsync(KillWorld world, ServerProcess host, CancellationToken cancellationToken)
    {
        while (true)
        {
            await host.PauseAsync(cancellationToken);
            if (await world.IsStoreFreeAsync())
            {
                return;
            }

            host.Resume();
            await Task.Delay(BetweenPolls, TimeProvider.System, cancellationToken);
        }
    }

    static HrEvent Joiner(string number, string local) => new(new Person(number, local, local), 1, HrEvent.Hired, "Sales", "Clerk");

    /// <summary>Sends one event and waits until its effects, each once, are all there is.</summary>
    static async Task CarryAsync(KillWorld world, ServerProcess host, ExpectedWorld expected, HrEvent said, CancellationToken cancellationToken)
    {
        using var client = HostApi.ClientOf(host);
        expected.Apply(said);
        (await HostApi.SendAsync(client, said, cancellationToken)).ShouldBeTrue();
        await HostApi.SettleAsync(client, [said], cancellationToken);
        EffectList.ShouldBeSame(world.ReadEffects(), expected.Effects, said.Id);
    }
}
