using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>
/// Row 16 of the fault matrix, in small: records and accounts change while they are compared. What a comparison calls drift is drift, what it missed
/// the next one finds, and no change of the record is lost.
/// </summary>
public sealed class LiveChangeTests
{
    const int People = 18;

    [Fact]
    public async Task While_people_move_and_leave_nothing_is_called_drift_that_is_none()
    {
        for (var seed = Sweep.Seed(1); seed < Sweep.Seed(1) + Sweep.Pick(3, 40); seed++)
        {
            await CompareAsync(seed);
        }
    }

    static async Task CompareAsync(int seed)
    {
        var random = new Random(seed);
        await using var world = new ComparedWorld(OnlyReported with { LeastRead = 1 });
        await world.HireAsync(People);
        string[] departments = ["Finance", "IT", "Sales"];
        var changes = Enumerable.Range(0, People).OrderBy(_ => random.Next()).Take(People / 2)
            .Select(person => random.Next(4) == 0 ? world.World.Leaver(Name(person), 2) : world.World.Hr(Name(person), 2, departments[random.Next(3)]))
            .ToList();
        var drifted = Enumerable.Range(0, People).Except(changes.Select(change => int.Parse(change.Subject[1..], System.Globalization.CultureInfo.InvariantCulture))).First();
        var calls = 0;
        var next = 0;
        var gate = new Lock();
        world.Paged(Everyone).OnPage = (_, page) =>
        {
            Happen();
            return page;
        };
        world.World.Script.On = call =>
        {
            if (call.Operation is "find" or "readGrants" && Interlocked.Increment(ref calls) % 7 == 0)
            {
                Happen();
            }

            return Behaviour.Obey;
        };

        // The comparison, while a change comes with every page and every seventh look.
        var run = await world.BeginAsync();
        var first = await world.EndAsync(run);
        first.Outcome.ShouldBe(ReconciliationOutcome.Completed, $"seed {seed}: {first.Reason}");
        (await world.FoundAsync()).Except([Line(Id(drifted), DriftKind.Attribute, "title")]).ShouldBeEmpty($"seed {seed}");
        world.World.Script.On = _ => Behaviour.Obey;
        world.Paged(Everyone).OnPage = (_, page) => page;
        while (next < changes.Count)
        {
            Happen();
        }

        await world.World.SettleAsync();
        await world.World.EndRunsAsync();
        world.Change(drifted, a => a.Set("title", "Chief"));
        await world.CompareAsync();
        (await world.FoundAsync()).ShouldBe([Line(Id(drifted), DriftKind.Attribute, "title")], $"seed {seed}: the second comparison finds what stands");
        (await world.LastAsync()).InFlight.ShouldBe(0);
        foreach (var change in changes)
        {
            var account = world.Target().Native[change.Subject + "@example.com"];
            account.Active.ShouldBe(change.Kind != ChangeKind.Terminated, $"seed {seed}: {change.Subject}");
            if (change.Kind != ChangeKind.Terminated)
            {
                account.Attributes["department"].ShouldBe(change.Data["department"], $"seed {seed}: {change.Subject}");
            }
        }

        void Happen()
        {
            lock (gate)
            {
                if (next == 3)
                {
                    world.Change(drifted, a => a.Set("title", "Chief"));
                }

                if (next < changes.Count)
                {
                    world.World.Stores.Inbox.AcceptAsync([changes[next++]], CancellationToken.None).GetAwaiter().GetResult();
                }
            }
        }
    }
}
