using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Targets;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Crash;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>Eight processes meet the same new person at once, under different anchors first, and some die over it.</summary>
public sealed class RaceTests
{
    const int Writers = 8;
    static readonly MeshConfiguration Configuration = MeshYaml.For(1, "all: t1=group:All");

    [Fact]
    public async Task Eight_writers_race_on_the_same_anchors_with_kills_and_one_identity_and_no_dangling_claim_remain()
    {
        var rounds = Sweep.Pick(40, 400);
        var kills = 0;
        for (var seed = 0; seed < rounds; seed++)
        {
            kills += await RaceAsync(seed);
        }

        Progress.Show($"races of {Writers} writers: {rounds} with {kills} kills");
        kills.ShouldBeGreaterThan(rounds / 2);
    }

    static async Task<int> RaceAsync(int seed)
    {
        var random = new Random(seed);
        await using var world = await MeshWorld.StartAsync(Configuration);
        var powers = Enumerable.Range(0, Writers).Select(_ => new Power()).ToList();
        foreach (var power in powers.Where(_ => random.Next(2) == 0))
        {
            power.CutAt(random.Next(1, 9), after: random.Next(2) == 0);
        }

        var events = Enumerable.Range(0, Writers).Select(n => EventOf(world, n)).ToList();
        await Task.WhenAll(powers.Select((power, n) => Task.Run(() => WriteAsync(world, power, events[n]))));
        var killed = powers.Count(p => p.IsCut);

        // Senders that were not acknowledged send again; claims of the dead lapse.
        foreach (var change in events)
        {
            await world.Stores.Inbox.AcceptAsync([change], CancellationToken.None);
        }

        world.Clock.Advance(Claims.SettleAfter + TimeSpan.FromMinutes(1));
        await world.SettleAsync();
        await CheckAsync(world, $"seed {seed}");
        return killed;
    }

    static async Task WriteAsync(MeshWorld world, Power power, ChangeEvent change)
    {
        var stores = new MeshStores(new CrashableRowStore(world.Rows, power), world.Clock);
        await using var mesh = new MeshRuntime(Configuration, stores, new TargetSet([]), new RulePolicy(Configuration), NullLogger<MeshRuntime>.Instance);
        mesh.Start(world.Client);
        try
        {
            await stores.Inbox.AcceptAsync([change], CancellationToken.None);
            await mesh.SweepOnceAsync(CancellationToken.None);
        }
        catch (StoreException) when (power.IsCut)
        {
            // Died, as asked.
        }
    }

    /// <summary>The same person: known to HR by one key and to the badges by another, told by either.</summary>
    static ChangeEvent EventOf(MeshWorld world, int writer)
    {
        var told = world.Hr("ada", 1);
        return writer % 2 == 0
            ? told with { Id = $"e{writer}", Sequence = writer + 1, Anchors = [new Anchor("badge", "b7")] }
            : told with { Id = $"e{writer}", Sequence = writer + 1, Anchors = [new Anchor("hr", "ada")], Source = "badge", Subject = "b7" };
    }

    static async Task CheckAsync(MeshWorld world, string shown)
    {
        var identities = new List<IdentityView>();
        await foreach (var view in world.Stores.Registry.ReadAllAsync(null, CancellationToken.None))
        {
            identities.Add(view);
        }

        var one = identities.ShouldHaveSingleItem(shown).Record;
        one.Anchors.Select(a => a.ToString()).ToHashSet().SetEquals(["badge:b7", "hr:ada"]).ShouldBeTrue(shown);
        foreach (var anchor in one.Anchors)
        {
            var claim = await world.Stores.Claims.FindAsync(ClaimKind.Anchor, anchor.ToString(), CancellationToken.None);
            (claim!.IdentityId, claim.Confirmed).ShouldBe((one.Id, true), shown);
        }

        world.Targets["t1"].Native.ShouldHaveSingleItem(shown).Value.Mark.ShouldBe(one.Id, shown);
        (await world.ExceptionsAsync()).ShouldNotContain(e => e.Kind == "correlation-conflict", shown);
    }
}
