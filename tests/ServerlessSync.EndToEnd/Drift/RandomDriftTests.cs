using ServerlessSync.Connectors;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Drift;

/// <summary>
/// Random people with random differences planted on their accounts, messages that come twice and late, targets that fail, and terminations that
/// race with the mending. In the end the targets hold what the newest word of HR says, reckoned here from the events alone, and no right was given
/// that no entitlement gives.
/// </summary>
public sealed class RandomDriftTests
{
    static readonly string[] People = ["ada", "bob", "cyd", "dan"];
    static readonly string[] Departments = ["IT", "HR"];

    [Fact]
    public async Task Whatever_is_planted_the_targets_end_as_recorded_and_nobody_gains_a_right_nobody_decided()
    {
        var (worlds, first) = (Sweep.Pick(12, 400), Sweep.Seed(1));
        var planted = 0;
        for (var seed = first; seed < first + worlds; seed++)
        {
            planted += await LiveAsync(seed);
        }

        Progress.Show($"drift: {worlds} random worlds, {planted} differences planted, every one mended, no right given without a decision");
        planted.ShouldBeGreaterThan(0);
    }

    static async Task<int> LiveAsync(int seed)
    {
        var random = new Random(seed);
        await using var world = await MeshWorld.StartAsync(DriftStage.Configuration);
        var last = new Dictionary<string, ChangeEvent>();
        foreach (var person in People)
        {
            await TellAsync(world, last, world.Hr(person, 1, Departments[random.Next(2)]));
            if (random.Next(4) == 0)
            {
                await TellAsync(world, last, random.Next(2) == 0 ? world.Leaver(person, 2) : world.Hr(person, 2, kind: ChangeKind.Suspended));
            }
        }

        var items = new List<DriftItem>();
        foreach (var person in People)
        {
            foreach (var target in world.Targets.Keys.Where(_ => random.Next(3) > 0))
            {
                Plant(world, target, $"{person}@example.com", random);
                items.Add(await world.FindDriftAsync(person, DriftKind.Status, target: target));
            }
        }

        world.Script.On = _ => Fault(random);
        await RaceAsync(world, items, last, random);
        world.Script.On = _ => Behaviour.Obey;
        await FinishAsync(world, items);
        foreach (var item in items)
        {
            Check(world, People.Single(p => MeshWorld.IdOf(p) == item.IdentityId), item.Target, last, seed);
        }

        var decided = items.Count == 0 || world.Script.Effects.Where(e => e.Operation == "grant").All(e => e.Right is "group:All" or "group:IT" or "role:all");
        decided.ShouldBeTrue($"seed {seed}");
        (await new AuditVerifier(world.Rows).VerifyAsync(CancellationToken.None)).Faults.ShouldBeEmpty($"seed {seed}");
        return items.Count;
    }

    static async Task TellAsync(MeshWorld world, Dictionary<string, ChangeEvent> last, ChangeEvent change)
    {
        last[change.Subject] = change;
        await world.CarryAsync(change);
    }

    static void Plant(MeshWorld world, string target, string key, Random random)
    {
        if (!world.Targets[target].Native.ContainsKey(key))
        {
            return;
        }

        if (random.Next(5) == 0)
        {
            world.Targets[target].RemoveNatively(key);
            return;
        }

        world.Tamper(target, key, a => a with
        {
            Active = random.Next(2) == 0 ? a.Active : !a.Active,
            Sessions = random.Next(3),
            Attributes = random.Next(2) == 0 ? a.Attributes : new Dictionary<string, string> { ["department"] = "Board" },
            Rights = [.. a.Rights.Where(_ => random.Next(3) > 0).Concat(random.Next(2) == 0 ? ["x:smuggled"] : [])],
        });
    }

    /// <summary>Messages in any order, some twice, while some people leave.</summary>
    static async Task RaceAsync(MeshWorld world, List<DriftItem> items, Dictionary<string, ChangeEvent> last, Random random)
    {
        var order = items.Concat(items.Where(_ => random.Next(2) == 0)).ToArray();
        random.Shuffle(order);
        foreach (var item in order)
        {
            await world.Mesh.Remediation.RemediateAsync(DriftMessage.Of(item), CancellationToken.None);
            var person = People.Single(p => MeshWorld.IdOf(p) == item.IdentityId);
            if (random.Next(4) == 0 && last[person].Kind != ChangeKind.Terminated)
            {
                last[person] = world.Leaver(person, 3);
                await world.Stores.Inbox.AcceptAsync([last[person]], CancellationToken.None);
            }
        }

        await world.SettleAsync();
    }

    /// <summary>As operators do: exceptions are looked at, and what is held is begun anew, until nothing is open; then every message comes once more.</summary>
    static async Task FinishAsync(MeshWorld world, List<DriftItem> items)
    {
        foreach (var item in items)
        {
            for (var round = 0; round < 5; round++)
            {
                foreach (var open in await world.ExceptionsAsync())
                {
                    await world.Seen.Exceptions.SettleAsync(open.IdentityId, open.Id, "looked at", CancellationToken.None);
                    await world.Mesh.Operators.LookAsync(open.IdentityId!, $"{open.Id}-{open.Run}", "ops", CancellationToken.None);
                }

                var person = People.Single(p => MeshWorld.IdOf(p) == item.IdentityId);
                if ((await world.MendToTheEndAsync(person, item.Target)).State == DriftState.Settled)
                {
                    break;
                }

                await world.Seen.Drifts.MoveAsync(item, i => i with { State = DriftState.Queued, NotBefore = null }, CancellationToken.None);
            }
        }

        var effects = world.Script.Effects.Count;
        foreach (var item in items)
        {
            await world.Mesh.Remediation.RemediateAsync(DriftMessage.Of(item), CancellationToken.None);
        }

        await world.SettleAsync();
        world.Since(effects).ShouldBeEmpty();
    }

    static Behaviour Fault(Random random)
    {
        int dice;
        lock (random)
        {
            dice = random.Next(25);
        }

        return dice switch
        {
            0 => Behaviour.Fail(FailureKind.Transient),
            1 => Behaviour.LoseReply,
            2 => Behaviour.Fail(FailureKind.Conflict),
            _ => Behaviour.Obey,
        };
    }

    static void Check(MeshWorld world, string person, string target, Dictionary<string, ChangeEvent> last, int seed)
    {
        var newest = last[person];
        var shown = $"seed {seed}: {person} on {target} after {newest.Kind} {newest.Sequence}: {world.Standing()}";
        var account = world.Targets[target].Native.GetValueOrDefault($"{person}@example.com");
        var department = newest.Data.GetValueOrDefault("department");
        var wanted = newest.Kind == ChangeKind.Changed && (target == "t1" || department == "IT");
        (account?.Active ?? false).ShouldBe(wanted, shown);
        (account?.Rights ?? []).ShouldNotContain("x:smuggled", shown);
        if (newest.Kind != ChangeKind.Suspended)
        {
            string[] rights = (wanted, target, department) switch
            {
                (false, _, _) => [],
                (_, "t2", _) => ["role:all"],
                (_, _, "IT") => ["group:All", "group:IT"],
                _ => ["group:All"],
            };
            (account?.Rights ?? []).ShouldBe(rights, ignoreOrder: true, customMessage: shown);
        }

        if (wanted)
        {
            account!.Attributes["department"].ShouldBe(department, shown);
        }
        else
        {
            (newest.Kind == ChangeKind.Terminated ? account?.Sessions ?? 0 : 0).ShouldBe(0, shown);
        }
    }
}
