using System.Globalization;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>
/// Drift of every kind at once, on targets whose reads fail now and then, while the people without drift move and leave: what is found is what was
/// planted, what can be mended is mended, everybody else holds what HR last said, reckoned here from the events, and a second comparison finds nothing.
/// </summary>
public sealed class DriftUnderChangeTests
{
    const int People = 30;
    const int EveryCalls = 5;

    static readonly string[] Departments = ["Finance", "IT", "Sales"];

    static readonly ReconcileConfiguration Generous = new()
    {
        Canary = 2,
        LeastRead = 1,
        Guards = Enum.GetValues<DriftKind>().ToDictionary(kind => kind, _ => new GuardConfiguration(100, 1000, 0)),
    };

    [Fact]
    public async Task Whatever_fails_and_changes_meanwhile_what_is_found_is_what_was_planted_and_nothing_else_is_touched()
    {
        var (planted, changed, kinds) = (0, 0, new HashSet<DriftKind>());
        for (var seed = Sweep.Seed(1); seed < Sweep.Seed(1) + Sweep.Pick(4, 80); seed++)
        {
            var (planting, changes) = await LiveAsync(seed);
            (planted, changed) = (planted + planting.Count, changed + changes);
            kinds.UnionWith(planting.Kinds);
        }

        Progress.Show($"reconciliation: {planted} drifts of {kinds.Count} kinds found and settled while reads failed and {changed} people moved or left");
        kinds.ShouldBe(Enum.GetValues<DriftKind>(), ignoreOrder: true);
    }

    static async Task<(Planting Planting, int Changes)> LiveAsync(int seed)
    {
        var random = new Random(seed);
        await using var world = new ComparedWorld(Generous);
        await world.HireAsync(People);
        foreach (var person in Enumerable.Range(0, People).Where(n => n % 5 > 2))
        {
            await world.World.CarryAsync(random.Next(2) == 0 ? world.World.Leaver(Name(person), 2) : world.World.Hr(Name(person), 2, "Sales"));
        }

        await world.World.EndRunsAsync();
        var before = world.World.Targets.ToDictionary(t => t.Key, t => t.Value.Native);
        var planting = new Planting(world, random);
        await planting.PlantAsync();
        var planted = world.World.Targets.ToDictionary(t => t.Key, t => t.Value.Native);
        var changes = ChangesOf(world, planting, random);
        ReadFaults.Disturb(world, random);
        using var happening = new Happening(world, changes, ReadFaults.OfCalls(random, People));
        foreach (var target in new[] { Everyone, Some })
        {
            var report = await world.CompareAsync(target);
            report.Outcome.ShouldBe(ReconciliationOutcome.Completed, $"seed {seed}, {target}: {report.Reason}");
            (await world.FoundAsync(target)).ShouldBe(planting.Expected(target), $"seed {seed}, {target}");
            await world.SettleAsync();
            await world.World.EndRunsAsync();
        }

        happening.Finish();
        await world.SettleAsync();
        await world.World.EndRunsAsync();
        foreach (var target in new[] { Everyone, Some })
        {
            await world.CompareAsync(target);
            (await world.FoundAsync(target)).ShouldBe(planting.ForPeople(target), $"seed {seed}, {target}: a second comparison finds what people decide, and nothing else");
            (await world.OpenAsync(target)).ShouldAllBe(item => item.State == DriftState.Asked, $"seed {seed}, {target}");
            CheckStanding(world, target, planting, (before[target], planted[target]), changes, seed);
        }

        (await world.World.ExceptionsAsync()).ShouldBeEmpty($"seed {seed}");
        (await new AuditVerifier(world.World.Rows).VerifyAsync(CancellationToken.None)).Faults.ShouldBeEmpty($"seed {seed}");
        return (planting, changes.Count);
    }

    /// <summary>Everybody at work without drift of their own moves, or leaves.</summary>
    static List<ChangeEvent> ChangesOf(ComparedWorld world, Planting planting, Random random)
    {
        var left = world.Target().Native.Where(a => !a.Value.Active).Select(a => a.Key).ToHashSet();
        var changes = Enumerable.Range(0, People)
            .Where(n => !planting.Concerns(Id(n), Key(n)) && !left.Contains(Key(n)))
            .Select(n => random.Next(4) == 0 ? world.World.Leaver(Name(n), 3) : world.World.Hr(Name(n), 3, Departments[random.Next(3)]))
            .ToArray();
        random.Shuffle(changes);
        return [.. changes];
    }

    static void CheckStanding(
        ComparedWorld world,
        string target,
        Planting planting,
        (IReadOnlyDictionary<string, ScriptedAccount> Before, IReadOnlyDictionary<string, ScriptedAccount> Planted) stood,
        List<ChangeEvent> changes,
        int seed)
    {
        var changed = changes.ToDictionary(change => Key(int.Parse(change.Subject[1..], CultureInfo.InvariantCulture)));
        foreach (var (key, account) in world.Target(target).Native)
        {
            if (changed.TryGetValue(key, out var change))
            {
                account.ShownWhole().ShouldBe(Wanted(account, change, target).ShownWhole(), $"seed {seed}, {target}, {key}: {change.Kind}");
                continue;
            }

            var wanted = planting.IsForPeople(target, key) ? stood.Planted[key] : stood.Before.GetValueOrDefault(key) ?? stood.Planted[key];
            account.ShownWhole().ShouldBe(wanted.ShownWhole(), $"seed {seed}, {target}, {key}");
        }
    }

    /// <summary>The account as the newest word of HR wants it; one that is disabled keeps its attributes.</summary>
    static ScriptedAccount Wanted(ScriptedAccount there, ChangeEvent change, string target)
    {
        var department = change.Data.GetValueOrDefault("department");
        if (change.Kind == ChangeKind.Terminated || (target == Some && department == "Sales"))
        {
            return there with { Active = false, Rights = [] };
        }

        string[] rights = (target, department) switch
        {
            (Everyone, "Finance") => ["group:All", "group:Finance"],
            (Everyone, "IT") => ["group:All", "group:IT"],
            (Everyone, _) => ["group:All"],
            (_, "Finance") => ["role:fin"],
            _ => [],
        };
        return there.Set("department", department!) with { Active = true, Rights = rights };
    }

    /// <summary>Tells the changes one by one, with each page and with every few looks, while the targets fail as they are told to.</summary>
    sealed class Happening : IDisposable
    {
        readonly ComparedWorld _world;
        readonly List<ChangeEvent> _changes;
        readonly Lock _gate = new();
        int _calls;
        int _next;

        public Happening(ComparedWorld world, List<ChangeEvent> changes, Func<ScriptedCall, Behaviour> faults)
        {
            (_world, _changes) = (world, changes);
            foreach (var target in new[] { Everyone, Some })
            {
                world.Paged(target).OnPage = (_, page) =>
                {
                    TellNext();
                    return page;
                };
            }

            world.World.Script.On = call =>
            {
                if (call.Operation is "find" or "readGrants" && Interlocked.Increment(ref _calls) % EveryCalls == 0)
                {
                    TellNext();
                }

                return faults(call);
            };
        }

        /// <summary>Tells what is left.</summary>
        public void Finish()
        {
            while (TellNext())
            {
            }
        }

        public void Dispose()
        {
            _world.World.Script.On = _ => Behaviour.Obey;
            foreach (var target in new[] { Everyone, Some })
            {
                _world.Paged(target).OnPage = (_, page) => page;
            }
        }

        bool TellNext()
        {
            lock (_gate)
            {
                if (_next == _changes.Count)
                {
                    return false;
                }

                _world.World.Stores.Inbox.AcceptAsync([_changes[_next++]], CancellationToken.None).GetAwaiter().GetResult();
                return true;
            }
        }
    }
}
