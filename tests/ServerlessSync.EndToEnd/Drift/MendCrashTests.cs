using ServerlessSync.Connectors;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Crash;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Drift.DriftStage;

namespace ServerlessSync.EndToEnd.Drift;

/// <summary>
/// The process dies before or after each of its writes, or each call of a target, while it mends a drift; a new one over the same stores and targets
/// takes it up again, and the drift is mended once, settled and in the audit once.
/// </summary>
public sealed class MendCrashTests
{
    const string Mended = "t1: ada@example.com active=True sessions=1 [group:All group:IT]; t2: ada@example.com active=True sessions=1 [role:all]";
    const string Ended = "t1: ada@example.com active=False sessions=0 []; t2: ada@example.com active=False sessions=0 []";

    [Fact]
    public async Task Killed_at_any_write_the_mending_of_somebody_at_work_is_finished_once() =>
        Show("at work, writes", await SweepAsync(atCall: false, leaves: false, oneOf: 5));

    [Fact]
    public async Task Killed_at_any_write_the_ending_of_somebody_who_has_left_is_finished_once() =>
        Show("left, writes", await SweepAsync(atCall: false, leaves: true, oneOf: 7));

    [Fact]
    public async Task Killed_before_or_after_any_call_of_a_target_nothing_is_mended_twice()
    {
        Show("at work, calls", await SweepAsync(atCall: true, leaves: false, oneOf: 3));
        Show("left, calls", await SweepAsync(atCall: true, leaves: true, oneOf: 5));
    }

    static void Show(string what, int points)
    {
        Progress.Show($"drift: {what}: killed at {points} points, mended once each");
        points.ShouldBeGreaterThan(0);
    }

    static async Task<int> SweepAsync(bool atCall, bool leaves, int oneOf)
    {
        var points = 0;
        foreach (var after in new[] { false, true })
        {
            foreach (var number in Sweep.Points(oneOf))
            {
                if (!await LiveAsync(new Death(atCall, number, after), leaves))
                {
                    break;
                }

                points++;
            }
        }

        return points;
    }

    /// <summary>Answers whether the process died.</summary>
    static async Task<bool> LiveAsync(Death death, bool leaves)
    {
        var power = new Power();
        await using var world = new MeshWorld(Configuration, disruption: power);
        await world.StartAsync();
        await world.CarryAsync(world.Hr("ada", 1));
        if (leaves)
        {
            await world.CarryAsync(world.Leaver("ada", 2));
        }

        await world.EndRunsAsync();
        world.Tamper("t1", Ada, a => a with { Active = leaves, Attributes = new Dictionary<string, string>(), Rights = ["group:All", "group:Smuggled"] });
        var effects = world.Script.Effects.Count;
        await world.FindDriftAsync("ada", leaves ? DriftKind.ExpiredButAlive : DriftKind.Status);

        var calls = 0;
        world.Script.On = call => death.AtCall && Interlocked.Increment(ref calls) == death.Number ? Die(power, death) : Behaviour.Obey;
        power.CutAt(death.AtCall ? 0 : death.Number, death.After);
        await MendUntilCutAsync(world, power);
        var died = power.IsCut;
        await world.StopAsync();
        power.Restore();
        world.Script.On = _ => Behaviour.Obey;
        await world.StartAsync();
        var item = await world.MendToTheEndAsync();

        var shown = $"{death}, {(leaves ? "left" : "at work")}: {item.Reason}";
        item.State.ShouldBe(DriftState.Settled, shown);
        world.Since(effects).ShouldBe(
            leaves ? ["t1 disable", "t1 revoke group:All", "t1 revoke group:Smuggled"] : ["t1 enable", "t1 grant group:IT", "t1 revoke group:Smuggled", "t1 update"],
            ignoreOrder: true,
            customMessage: shown);
        world.Standing().ShouldBe(leaves ? Ended : Mended, shown);
        await world.CheckSettledOnceAsync(shown);
        return died;
    }

    static Behaviour Die(Power power, Death death)
    {
        if (death.After)
        {
            return Behaviour.LoseReplyAnd(power.CutNow);
        }

        power.CutNow();
        return Behaviour.Fail(FailureKind.OutcomeUnknown);
    }

    static async Task MendUntilCutAsync(MeshWorld world, Power power)
    {
        try
        {
            await world.Mesh.Remediation.RemediateAsync(DriftMessage.Of(await world.DriftAsync()), power.Cut);
            await world.MendToTheEndAsync(cancellationToken: power.Cut);
        }
        catch (Exception) when (power.IsCut)
        {
            // Died, as asked.
        }
    }
}
