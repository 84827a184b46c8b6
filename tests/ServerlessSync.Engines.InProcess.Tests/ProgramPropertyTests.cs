using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;

namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>Programs nobody thought of.</summary>
public sealed class ProgramPropertyTests
{
    static readonly string[] Leaves = ["call", "fail", "timer", "event", "race"];

    [Fact]
    public void Any_program_gives_the_same_result_live_replayed_and_killed()
    {
        var programs = Steps(3).Select(steps => Numbered(new ProgramStep("sequence", "main", steps)));
        Prop.ForAll(
            Gen.Zip(programs, Gen.Choose(1, 12)).ToArbitrary(),
            drawn => HoldsAsync(drawn.Item1, drawn.Item2).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    static Gen<IReadOnlyList<ProgramStep>> Steps(int depth) =>
        Step(depth).ListOf().Select(s => (IReadOnlyList<ProgramStep>)[.. s.Take(4)]);

    static Gen<ProgramStep> Step(int depth)
    {
        var leaf = Gen.Elements(Leaves).Select(kind => new ProgramStep(kind, ""));
        return depth == 0
            ? leaf
            : Gen.Frequency(
                (4, leaf),
                (1, Steps(depth - 1).Select(s => new ProgramStep("together", "", s))),
                (1, Steps(depth - 1).Select(s => new ProgramStep("sequence", "", s))),
                (1, Steps(depth - 1).Select(s => new ProgramStep("child", "", s))));
    }

    /// <summary>Gives every step a name of its own, so that effects and events can be told apart.</summary>
    static ProgramStep Numbered(ProgramStep program)
    {
        var number = 0;
        ProgramStep Name(ProgramStep step) => new(step.Kind, $"s{++number}", step.Steps is null ? null : [.. step.Steps.Select(Name)]);
        return Name(program);
    }

    static async Task<bool> HoldsAsync(ProgramStep program, int at)
    {
        var (live, liveEffects) = await RunAsync(program, replay: false);
        var (replayed, replayedEffects) = await RunAsync(program, replay: true);
        var same = live == replayed && liveEffects.SequenceEqual(replayedEffects, StringComparer.Ordinal);
        foreach (var afterStored in new[] { false, true })
        {
            ConcurrentQueue<string> effects = new();
            var (killed, _) = await CrashTests.KilledAsync(at, replay: false, afterStored, effects, program);
            same &= killed == live && effects.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).SequenceEqual(liveEffects, StringComparer.Ordinal);
        }

        return same && live is not null;
    }

    static async Task<(string? Result, List<string> Effects)> RunAsync(ProgramStep program, bool replay)
    {
        ConcurrentQueue<string> effects = new();
        await using var engine = await CrashTests.StartAsync(new MemoryWorkflowHistory(TimeProvider.System), replay, effects);
        await engine.ScheduleNewOrchestrationInstanceAsync(ProgramWorkflow.Name, CrashTests.MeshText(program), "x", CrashTests.Soon());
        var run = await engine.WaitForInstanceCompletionAsync("x", CrashTests.Soon());
        return (run.Output, [.. effects.Order(StringComparer.Ordinal)]);
    }
}
