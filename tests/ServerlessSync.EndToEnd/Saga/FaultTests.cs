using System.Collections.Concurrent;
using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>A life of joining, moving, leaving and coming back, with one fault at each call in turn: effects come about once, and the end is the same.</summary>
public sealed class FaultTests
{
    static readonly MeshConfiguration Configuration = MeshYaml.For(
        2, "all: t1=group:All, t2=role:all", "it: t1=group:IT ? department=IT", "hr: t2=role:hr, t1=group:HR ? department=HR");

    [Fact]
    public Task A_lost_answer_at_any_call_changes_neither_the_effects_nor_the_end() => SweepAsync((_, _) => Behaviour.LoseReply, 1);

    [Fact]
    public Task A_passing_failure_at_any_call_changes_neither_the_effects_nor_the_end() => SweepAsync((_, _) => Behaviour.Fail(FailureKind.Transient), 1);

    [Fact]
    public Task Two_failures_in_a_row_at_any_call_change_neither_the_effects_nor_the_end() =>
        SweepAsync((_, nth) => Behaviour.Fail(nth % 2 == 0 ? FailureKind.Transient : FailureKind.Conflict), 2);

    [Fact]
    public Task A_lost_answer_followed_by_a_failure_at_any_call_changes_neither_the_effects_nor_the_end() =>
        SweepAsync((_, nth) => nth == 0 ? Behaviour.LoseReply : Behaviour.Fail(FailureKind.OutcomeUnknown), 2);

    [Fact]
    public Task A_read_that_lags_behind_at_any_call_changes_neither_the_effects_nor_the_end() =>
        SweepAsync((call, _) => call.Operation is "readGrants" or "countSessions" || call.Operation == "find" ? Behaviour.Lag : Behaviour.Obey, 1);

    /// <summary>On the moved clock; far less than the wait before a first retry.</summary>
    static readonly TimeSpan OnTheirWay = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task A_target_that_asks_for_a_pause_is_not_called_before_it_is_over()
    {
        var pause = TimeSpan.FromSeconds(7);
        var calls = (await LiveAsync(_ => Behaviour.Obey)).Calls;
        for (var at = 1; at <= calls; at += Sweep.Pick(5, 1))
        {
            var seen = 0;
            var called = new ConcurrentQueue<(ScriptedCall Call, DateTimeOffset At, bool Throttled)>();
            await using var world = new MeshWorld(Configuration, gateFollowsClock: true);
            world.Script.On = call =>
            {
                var throttled = Interlocked.Increment(ref seen) == at;
                called.Enqueue((call, world.Clock.GetUtcNow(), throttled));
                return throttled ? Behaviour.Fail(FailureKind.Throttled, pause) : Behaviour.Obey;
            };
            await world.StartAsync();
            await world.CarryAsync(world.Hr("ada", 1));
            await world.CarryAsync(world.Hr("ada", 2, "HR"));
            await world.CarryAsync(world.Leaver("ada", 3));

            foreach (var first in called.Where(c => c.Throttled))
            {
                // Those let through beside it may still have been on their way; no retry comes as soon as that.
                called.Where(c => c.Call.Target == first.Call.Target && c.At > first.At + OnTheirWay)
                    .ShouldAllBe(c => c.At - first.At >= pause, $"throttled at call {at}");
            }

            (await world.ExceptionsAsync()).ShouldBeEmpty();
        }
    }

    static async Task SweepAsync(Func<ScriptedCall, int, Behaviour> fault, int length)
    {
        var expected = await LiveAsync(_ => Behaviour.Obey);
        var calls = expected.Calls + 4;
        var step = Sweep.Pick(3, 1);
        for (var at = 1; at <= calls; at += step)
        {
            var seen = 0;
            var lived = await LiveAsync(call => Interlocked.Increment(ref seen) - at is var nth && nth >= 0 && nth < length ? fault(call, nth) : Behaviour.Obey);
            lived.Effects.ShouldBe(expected.Effects, customMessage: $"fault at call {at}");
            lived.End.ShouldBe(expected.End, $"fault at call {at}");
        }
    }

    static async Task<Life> LiveAsync(Func<ScriptedCall, Behaviour> script)
    {
        await using var world = await MeshWorld.StartAsync(Configuration, script);
        await world.CarryAsync(world.Hr("ada", 1));
        await world.CarryAsync(world.Hr("ada", 2, "HR"));
        await world.CarryAsync(world.Leaver("ada", 3));
        var left = world.Standing();
        await world.CarryAsync(world.Hr("ada", 4));
        (await world.ExceptionsAsync()).ShouldBeEmpty();
        (await Trail.GreenAsync(world.Rows, MeshWorld.IdOf("ada"))).Values.ShouldBe([true, true, true, true]);
        (await world.ViewAsync("ada"))!.Record.Status.ShouldBe(IdentityStatus.Active);
        var effects = world.Script.Effects.Select(e => $"{e.Target} {e.Operation} {e.Right}").Order(StringComparer.Ordinal);
        return new Life([.. effects], left + " then " + world.Standing(), world.Script.Calls.Count);
    }

    sealed record Life(IReadOnlyList<string> Effects, string End, int Calls);
}
