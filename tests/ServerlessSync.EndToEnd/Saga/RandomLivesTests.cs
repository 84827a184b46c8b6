using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Crash;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>
/// Random lives of a few people: events in any order, late and twice, targets that fail, lose answers and throttle, and a process that dies at
/// random writes. When all is told and the targets behave, they hold what the newest word of HR says, reckoned here from the events alone.
/// </summary>
public sealed class RandomLivesTests
{
    static readonly string[] People = ["ada", "bob", "cyd"];
    static readonly string[] Departments = ["IT", "HR", "Sales"];
    static readonly MeshConfiguration Configuration = MeshYaml.For(
        2, "all: t1=group:All, t2=role:all", "it: t1=group:IT, t2=role:it ? department=IT", "hr: t2=role:hr ? department=HR");

    [Fact]
    public async Task Whatever_happens_the_targets_end_as_the_newest_record_says_and_nothing_survives_a_leaver()
    {
        var lives = Sweep.Pick(40, 1000);
        var first = Sweep.Seed(1);
        for (var seed = first; seed < first + lives; seed++)
        {
            await LiveAsync(seed);
        }

        Progress.Show($"random lives of {People.Length} people: {lives}, seeds {first} to {first + lives - 1}");
    }

    static async Task LiveAsync(int seed)
    {
        var random = new Random(seed);
        var power = new Power();
        var history = new MemoryWorkflowHistory(TimeProvider.System);
        var rows = new MemoryRowStore();
        await using var world = new MeshWorld(Configuration, new CrashableRowStore(rows, power), new CrashableHistory(history, power));
        world.Script.On = _ => Fault(random);
        await world.StartAsync();
        var events = EventsOf(world, random);
        foreach (var batch in events.Concat(events.Take(2)).Chunk(random.Next(1, 5)))
        {
            await CarryAsync(world, power, batch, random.Next(3) == 0 ? random.Next(1, 120) : 0);
        }

        world.Script.On = _ => Behaviour.Obey;
        await world.SettleAsync();
        await LookAsync(world);
        foreach (var person in People)
        {
            Check(world, person, events.Where(e => e.Subject == person).MaxBy(e => e.Sequence), seed);
        }

        (await new AuditVerifier(rows).VerifyAsync(CancellationToken.None)).Faults.ShouldBeEmpty($"seed {seed}");
    }

    /// <summary>What failed for good under way is looked at again, as an operator would ask for.</summary>
    static async Task LookAsync(MeshWorld world)
    {
        foreach (var person in People)
        {
            await world.Mesh.Operators.LookAsync(MeshWorld.IdOf(person), $"again-{person}", "ops", CancellationToken.None);
        }

        await world.SettleAsync();
    }

    static async Task CarryAsync(MeshWorld world, Power power, ChangeEvent[] batch, int cutAt)
    {
        power.CutAt(cutAt, after: cutAt % 2 == 0);
        try
        {
            await world.Stores.Inbox.AcceptAsync(batch, CancellationToken.None);
            await world.SettleAsync(power.Cut);
            power.Restore();
            return;
        }
        catch (Exception) when (power.IsCut)
        {
            // Died, as asked.
        }

        await world.StopAsync();
        power.Restore();
        await world.StartAsync();
        await world.Stores.Inbox.AcceptAsync(batch, CancellationToken.None);
    }

    static List<ChangeEvent> EventsOf(MeshWorld world, Random random)
    {
        var events = new List<ChangeEvent>();
        foreach (var person in People)
        {
            events.AddRange(Enumerable.Range(1, random.Next(1, 6)).Select(sequence => random.Next(3) == 0
                ? world.Leaver(person, sequence)
                : world.Hr(person, sequence, Departments[random.Next(3)])));
        }

        var order = events.ToArray();
        random.Shuffle(order);
        return [.. order];
    }

    static Behaviour Fault(Random random)
    {
        int dice;
        lock (random)
        {
            dice = random.Next(20);
        }

        return dice switch
        {
            0 => Behaviour.Fail(FailureKind.Transient),
            1 => Behaviour.LoseReply,
            2 => Behaviour.Fail(FailureKind.Conflict),
            _ => Behaviour.Obey,
        };
    }

    static void Check(MeshWorld world, string person, ChangeEvent? newest, int seed)
    {
        var department = newest is { Kind: ChangeKind.Changed } ? newest.Data["department"] : null;
        var expected = new Dictionary<string, string[]>
        {
            ["t1"] = department switch { null => [], "IT" => ["group:All", "group:IT"], _ => ["group:All"] },
            ["t2"] = department switch { null => [], "IT" => ["role:all", "role:it"], "HR" => ["role:all", "role:hr"], _ => ["role:all"] },
        };
        foreach (var (target, rights) in expected)
        {
            var account = world.Targets[target].Native.GetValueOrDefault($"{person}@example.com");
            var shown = $"seed {seed}: {person} on {target} after {newest?.Kind} {newest?.Sequence}";
            (account?.Active ?? false).ShouldBe(department is not null, shown);
            (account?.Rights ?? []).ShouldBe(rights, customMessage: shown);
            (department is null ? account?.Sessions ?? 0 : 0).ShouldBe(0, shown);
        }
    }
}
