using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>Random people and random drift of every kind, planted past the mesh: what is found is what was planted, and nothing else is touched.</summary>
public sealed class PlantedDriftTests
{
    const int People = 24;

    [Fact]
    public async Task What_is_found_is_what_was_planted_and_what_is_put_right_is_found_no_more()
    {
        var planted = 0;
        for (var seed = Sweep.Seed(1); seed < Sweep.Seed(1) + Sweep.Pick(3, 60); seed++)
        {
            planted += await FindAsync(seed);
        }

        Progress.Show($"reconciliation: {planted} drifts planted, all found and nothing else");
        planted.ShouldBeGreaterThan(0);
    }

    static async Task<int> FindAsync(int seed)
    {
        var random = new Random(seed);
        await using var world = new ComparedWorld(OnlyReported with { LeastRead = 1 });
        await world.HireAsync(People);
        await LiveOnAsync(world, random);
        foreach (var target in new[] { Everyone, Some })
        {
            (await world.CompareAsync(target)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
            (await world.FoundAsync(target)).ShouldBeEmpty($"seed {seed}: nothing was planted in {target} yet");
        }

        world.World.Script.On = ReadFaults.OfCalls(random, People);
        ReadFaults.Disturb(world, random);

        var before = world.World.Targets.ToDictionary(t => t.Key, t => t.Value.Native);
        var planting = new Planting(world, random);
        await planting.PlantAsync();
        var standing = world.World.Standing();
        foreach (var target in new[] { Everyone, Some })
        {
            // Twice: what is open already is found again.
            await world.CompareAsync(target);
            await world.CompareAsync(target);
            (await world.FoundAsync(target)).ShouldBe(planting.Expected(target), $"seed {seed}, {target}");
            (await world.OpenAsync(target)).Count.ShouldBe(planting.Items(target), $"seed {seed}, {target}");
        }

        world.World.Standing().ShouldBe(standing, $"seed {seed}: comparing touches nothing");
        planting.PutRight(before);
        foreach (var target in new[] { Everyone, Some })
        {
            await world.CompareAsync(target);
            (await world.FoundAsync(target)).ShouldBeEmpty($"seed {seed}, {target}: put right");
            (await world.OpenAsync(target)).ShouldBeEmpty($"seed {seed}, {target}: settled");
        }

        return planting.Count;
    }

    /// <summary>Some leave, some move to another department.</summary>
    static async Task LiveOnAsync(ComparedWorld world, Random random)
    {
        string[] departments = ["Finance", "IT", "Sales"];
        foreach (var person in Enumerable.Range(0, People).Where(_ => random.Next(3) == 0))
        {
            await world.World.CarryAsync(random.Next(2) == 0
                ? world.World.Leaver(Name(person), 2)
                : world.World.Hr(Name(person), 2, departments[random.Next(3)]));
        }

        await world.World.EndRunsAsync();
    }
}
