using System.Net;
using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Clock;

/// <summary>The built program under a wall clock that is wrong, and one that is set while it works.</summary>
public sealed class ClockTests
{
    const int Joiners = 6;

    static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan LongestTest = TimeSpan.FromMinutes(3);
    static readonly TimeSpan TwoDays = TimeSpan.FromDays(2);

    /// <summary>Longer than a host that waits for the lease lets pass between two looks at it.</summary>
    static readonly TimeSpan LongerThanALook = TimeSpan.FromSeconds(4);

    readonly ExpectedWorld _expected = new(new Person("0", "nobody", "Nobody"));

    [Fact]
    public async Task Webhooks_signed_more_than_five_minutes_off_the_host_s_clock_are_refused_and_nothing_of_them_is_stored()
    {
        using var limit = new CancellationTokenSource(LongestTest, TimeProvider.System);
        using var clock = new SettableClock(TwoDays);
        await using var world = await KillWorld.StartAsync(KillWorld.OnSqlite, foreign: null, limit.Token);
        await using var host = await world.StartHostUnderAsync(clock.Launcher, limit.Token);
        using var client = HostApi.ClientOf(host);
        var (refused, accepted) = (Joiner(1), new List<HrEvent>());
        foreach (var offset in new[] { TwoDays, -TwoDays })
        {
            clock.Set(offset);
            DateTimeOffset[] stale = [TimeProvider.System.GetUtcNow(), clock.Now.AddMinutes(-6), clock.Now.AddMinutes(6)];
            foreach (var signedAt in stale)
            {
                using var answer = await HostApi.PostAsync(client, refused, signedAt, limit.Token);
                answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
                answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            }

            accepted.Add(Joiner(2 + accepted.Count));
            await CarryAsync(world, client, accepted[^1], clock.Now.AddMinutes(-3), limit.Token);
        }

        var known = await HostApi.ListAsync(client, "identities?top=1000", limit.Token);
        known.Select(RegistryView.UserNameOf).ShouldBe(accepted.Select(a => a.Person.UserName), ignoreOrder: true);
        await host.StopAsync(TimeSpan.FromSeconds(30));
        (await world.CountUnqueuedAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_clock_set_back_an_hour_and_forward_two_in_the_middle_of_joiners_loses_and_doubles_nothing_and_delays_no_retry()
    {
        using var limit = new CancellationTokenSource(LongestTest, TimeProvider.System);
        using var clock = new SettableClock(TimeSpan.Zero);
        await using var world = await KillWorld.StartAsync(KillWorld.OnSqlite, foreign: null, limit.Token);
        await File.WriteAllTextAsync(world.ConfigurationPath, KillYaml.Text.Replace("attempts: 8", "attempts: 20", StringComparison.Ordinal), limit.Token);
        await using var saas = new FaultyProxy(world.Saas.Port, seed: 1);
        var address = new UriBuilder(world.Saas.BaseUrl) { Port = saas.Port }.Uri;
        await using var host = await world.StartHostUnderAsync([.. clock.Launcher, "SAAS_URL=" + address.AbsoluteUri], limit.Token);
        using var client = HostApi.ClientOf(host);
        List<HrEvent> joiners = [.. Enumerable.Range(1, Joiners).Select(Joiner)];
        joiners.ForEach(_expected.Apply);

        saas.FailAt(1);
        (await Task.WhenAll(joiners.Select(j => HostApi.SendAsync(client, j, limit.Token)))).ShouldAllBe(accepted => accepted);
        await FailAgainAsync(saas, limit.Token);
        clock.Set(TimeSpan.FromHours(-1));
        await FailAgainAsync(saas, limit.Token);
        clock.Set(TimeSpan.FromHours(1));
        await FailAgainAsync(saas, limit.Token);
        saas.FailAt(0);

        await HostApi.SettleAsync(client, joiners, limit.Token);
        EffectList.ShouldBeSame(world.ReadEffects(), _expected.Effects, "after the clock was set twice");
        await host.StopAsync(TimeSpan.FromSeconds(30));
        var verified = await HostProgram.RunAsync(["audit", "verify", .. world.StoreWords], world.Environment, limit.Token);
        verified.Output[0].ShouldStartWith("audit: OK ");
    }

    [Fact]
    public async Task A_second_host_whose_clock_is_days_ahead_does_not_take_the_lease_of_a_first_one_that_lives()
    {
        using var limit = new CancellationTokenSource(LongestTest, TimeProvider.System);
        using var clock = new SettableClock(TwoDays);
        await using var world = await KillWorld.StartAsync(KillWorld.OnSqlite, foreign: null, limit.Token);
        await using var first = await world.StartHostAsync(limit.Token);
        using var client = HostApi.ClientOf(first);
        using var second = new CancellationTokenSource();
        var starting = world.StartHostUnderAsync(clock.Launcher, second.Token);
        try
        {
            await CarryAsync(world, client, Joiner(1), TimeProvider.System.GetUtcNow(), limit.Token);
            clock.Set(2 * TwoDays);
            var since = TimeProvider.System.GetTimestamp();
            for (var next = 2; TimeProvider.System.GetElapsedTime(since) < LongerThanALook; next++)
            {
                await CarryAsync(world, client, Joiner(next), TimeProvider.System.GetUtcNow(), limit.Token);
            }

            starting.IsCompleted.ShouldBeFalse();
            await first.KillAsync();
            await using var successor = await starting.WaitAsync(limit.Token);
            using var api = HostApi.ClientOf(successor);
            await CarryAsync(world, api, Joiner(100), clock.Now, limit.Token);
        }
        finally
        {
            await second.CancelAsync();
            await starting.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    static HrEvent Joiner(int number) =>
        new(new Person(FormattableString.Invariant($"{number}"), $"joiner{(char)('a' + (number % 26))}", "Joiner"), 1, HrEvent.Hired, "Sales", "Clerk");

    /// <summary>Returns when, on the average, everybody's request has failed once more since now.</summary>
    static async Task FailAgainAsync(FaultyProxy proxy, CancellationToken cancellationToken)
    {
        for (var before = Failures(); Failures() < before + Joiners;)
        {
            await Task.Delay(BetweenPolls, TimeProvider.System, cancellationToken);
        }

        int Failures() => proxy.Done.Where(d => d.Key != ProxyFault.None).Sum(d => d.Value);
    }

    /// <summary>Sends one event and waits until its effects, each once, are all there is besides those before.</summary>
    async Task CarryAsync(KillWorld world, HttpClient client, HrEvent said, DateTimeOffset signedAt, CancellationToken cancellationToken)
    {
        _expected.Apply(said);
        using var answer = await HostApi.PostAsync(client, said, signedAt, cancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await HostApi.SettleAsync(client, [said], cancellationToken);
        EffectList.ShouldBeSame(world.ReadEffects(), _expected.Effects, said.Id);
    }
}
