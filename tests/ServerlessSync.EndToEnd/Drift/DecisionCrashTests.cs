using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Crash;
using static ServerlessSync.EndToEnd.Drift.DriftStage;

namespace ServerlessSync.EndToEnd.Drift;

/// <summary>
/// The process dies before or after each of its writes while it takes what a person decides about a drift, and carries it out. Whoever was not answered
/// asks again; the drift is decided once, told once, and what was decided is done.
/// </summary>
public sealed class DecisionCrashTests
{
    const string Title = "Countess";

    /// <summary>Writes of the decision itself, at the most.</summary>
    const int OfDecision = 6;

    static readonly MeshConfiguration Accepting = WithRule(DecisionTests.AcceptTitle);

    [Theory]
    [InlineData(DriftDecision.Remediate)]
    [InlineData(DriftDecision.Accept)]
    [InlineData(DriftDecision.Ignore)]
    public async Task Killed_at_any_write_what_a_person_decides_is_done_and_told_once(DriftDecision decision)
    {
        var points = 0;
        foreach (var after in new[] { false, true })
        {
            // Each write of the decision itself is a point, whatever is sampled of the rest.
            foreach (var number in Enumerable.Range(1, OfDecision).Concat(Sweep.Points(oneOf: 5).Select(point => OfDecision + point)))
            {
                if (!await LiveAsync(decision, number, after))
                {
                    break;
                }

                points++;
            }
        }

        Progress.Show($"drift: {decision}: killed at {points} writes, done and told once each");
        points.ShouldBeGreaterThan(0);
    }

    /// <summary>Answers whether the process died.</summary>
    static async Task<bool> LiveAsync(DriftDecision decision, int number, bool after)
    {
        var power = new Power();
        await using var world = new MeshWorld(decision == DriftDecision.Accept ? Accepting : Configuration, disruption: power);
        await world.StartAsync();
        await world.CarryAsync(world.Hr("ada", 1));
        await world.EndRunsAsync();
        await PlantAsync(world, decision);
        var effects = world.Script.Effects.Count;

        power.CutAt(number, after);
        await DecideUntilCutAsync(world, decision, power);
        var died = power.IsCut;
        await world.StopAsync();
        power.Restore();
        await world.StartAsync();
        var shown = $"{decision}, killed {(after ? "after" : "before")} write {number}";
        (await DecideAsync(world, decision)).Outcome.ShouldBeOneOf(DriftDecisionOutcome.Taken, DriftDecisionOutcome.Changed);
        var item = await world.MendToTheEndAsync();
        await world.SettleAsync();

        (item.State, item.Opening).ShouldBe((DriftState.Settled, 1), $"{shown}: {item.Reason}");
        await CheckDoneAsync(world, decision, world.Since(effects), shown);
        await CheckToldAsync(world, decision, shown);
        await world.CheckSettledOnceAsync(shown);
        return died;
    }

    static Task<DriftItem> PlantAsync(MeshWorld world, DriftDecision decision)
    {
        if (decision == DriftDecision.Remediate)
        {
            world.Tamper("t1", Ada, a => a with { Active = false });
            return world.FindDriftAsync("ada", DriftKind.Status, state: DriftState.Asked);
        }

        world.Tamper("t1", Ada, a => a with { Attributes = new Dictionary<string, string>(a.Attributes) { ["title"] = Title } });
        return FindTitleAsync(world);
    }

    static Task<DriftItem> FindTitleAsync(MeshWorld world) =>
        world.FindDriftAsync("ada", DriftKind.Attribute, "title", state: DriftState.Asked, found: Title);

    static async Task DecideUntilCutAsync(MeshWorld world, DriftDecision decision, Power power)
    {
        try
        {
            await DecideAsync(world, decision);
            await world.MendToTheEndAsync(cancellationToken: power.Cut);
            await world.SettleAsync(power.Cut);
        }
        catch (Exception) when (power.IsCut)
        {
            // Died, as asked.
        }
    }

    static async Task<DriftDecisionAnswer> DecideAsync(MeshWorld world, DriftDecision decision)
    {
        var seen = await world.Seen.Drifts.FindAsync("t1", MeshWorld.IdOf("ada"), CancellationToken.None);
        return await world.Mesh.DriftDecisions.DecideAsync(
            new DriftDecisionRequest("t1", MeshWorld.IdOf("ada"), null, 1, decision, "ops", "seen", seen?.Fingerprint), CancellationToken.None);
    }

    static async Task CheckDoneAsync(MeshWorld world, DriftDecision decision, IReadOnlyList<string> done, string shown)
    {
        switch (decision)
        {
            case DriftDecision.Remediate:
                done.ShouldBe(["t1 enable"], shown);
                world.Targets["t1"].Native[Ada].Active.ShouldBeTrue(shown);
                break;
            case DriftDecision.Accept:
                done.ShouldBe(["t2 update"], shown);
                (await world.ViewAsync("ada"))!.Record.Accepted("title").ShouldBe(Title, shown);
                world.Targets.Values.ShouldAllBe(t => t.Native[Ada].Attributes["title"] == Title, shown);
                break;
            default:
                done.ShouldBeEmpty(shown);
                (await FindTitleAsync(world)).State.ShouldBe(DriftState.Settled, $"{shown}: what is ignored stays so");
                break;
        }
    }

    static async Task CheckToldAsync(MeshWorld world, DriftDecision decision, string shown)
    {
        var trail = await Trail.ReadAsync(world.Rows, MeshWorld.IdOf("ada"));
        var told = trail.Where(e => e.Entry.Kind == AuditKind.Operator).ToList();
        told.Count.ShouldBe(1, shown);
        var said = told[0].Content["decision"]!;
        ((string?)said["decidedBy"], (string?)said["decision"]).ShouldBe(("ops", decision.ToString().ToLowerInvariant()), shown);
    }
}
