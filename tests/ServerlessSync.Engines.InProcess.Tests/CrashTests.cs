using System.Collections.Concurrent;

namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>The engine dies at a commit; a new one on the same history finishes the run.</summary>
public sealed class CrashTests
{
    static readonly ProgramStep Program = new("sequence", "main",
    [
        new("call", "a"),
        new("together", "p", [new("call", "b"), new("call", "c"), new("timer", "t"), new("child", "k", [new("call", "d"), new("event", "e1"), new("fail", "f")])]),
        new("event", "e2"),
        new("race", "r"),
        new("fail", "g"),
        new("child", "l", [new("child", "m", [new("call", "h")])]),
        new("call", "i"),
    ]);

    static readonly string[] Effects = ["a", "b", "c", "d", "!f", "!g", "h", "i"];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_run_killed_at_any_commit_is_finished_by_the_next_engine(bool replay, bool afterStored)
    {
        var (expected, _) = await UndisturbedAsync(replay);
        var at = 0;
        for (var crashed = true; crashed;)
        {
            ConcurrentQueue<string> effects = new();
            (var result, crashed) = await KilledAsync(++at, replay, afterStored, effects);
            result.ShouldBe(expected, $"killed at commit {at}");
            effects.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ShouldBe(Effects.Order(StringComparer.Ordinal), $"killed at commit {at}");
        }

        at.ShouldBeGreaterThan(15);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_store_that_fails_at_any_commit_costs_nothing_but_time(bool replay, bool afterStored)
    {
        var (expected, commits) = await UndisturbedAsync(replay);
        for (var at = 1; at <= commits; at++)
        {
            ConcurrentQueue<string> effects = new();
            var failing = at;
            Exception? Fail(int n) => n == failing ? new StoreException(StoreFailure.Unavailable, "gone") : null;
            var memory = new MemoryWorkflowHistory(TimeProvider.System);
            var history = afterStored ? new FaultyHistory(memory) { AfterCommit = Fail } : new FaultyHistory(memory) { BeforeCommit = Fail };
            await using var engine = await StartAsync(history, replay, effects);
            await engine.ScheduleNewOrchestrationInstanceAsync(ProgramWorkflow.Name, MeshText(Program), "x", Soon());
            (await engine.WaitForInstanceCompletionAsync("x", Soon())).Output.ShouldBe(expected, $"failed at commit {at}");
            if (!afterStored)
            {
                effects.Order(StringComparer.Ordinal).ShouldBe(Effects.Order(StringComparer.Ordinal), "what had run must not run again");
            }
        }
    }

    internal static CancellationToken Soon() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    internal static string MeshText(ProgramStep program) => System.Text.Json.JsonSerializer.Serialize(program, MeshJson.Options);

    internal static Task<InProcessEngine> StartAsync(IWorkflowHistory history, bool replay, ConcurrentQueue<string> effects) =>
        MemoryEngine.StartAsync(history, ProgramWorkflow.Catalog(effects), MemoryEngine.Options with { ReplayEveryTurn = replay });

    /// <summary>Runs the program with an engine that loses everything at one commit, and a second that goes on.</summary>
    internal static async Task<(string? Result, bool Crashed)> KilledAsync(
        int at, bool replay, bool afterStored, ConcurrentQueue<string> effects, ProgramStep? program = null)
    {
        var memory = new MemoryWorkflowHistory(TimeProvider.System);
        Exception? Die(int n) => n >= at ? new StoreException(StoreFailure.Fenced, "killed") : null;
        var history = afterStored ? new FaultyHistory(memory) { AfterCommit = Die } : new FaultyHistory(memory) { BeforeCommit = Die };
        await using var first = await StartAsync(history, replay, effects);
        await first.ScheduleNewOrchestrationInstanceAsync(ProgramWorkflow.Name, MeshText(program ?? Program), "x", Soon());
        try
        {
            await first.WaitForInstanceCompletionAsync("x", Soon());
        }
        catch (Exception e) when (e is StoreException or InvalidOperationException)
        {
            // The first engine is dead.
        }

        await first.DisposeAsync();
        await using var second = await StartAsync(memory.OpenAnother(), replay, effects);
        var run = await second.WaitForInstanceCompletionAsync("x", Soon());
        return (run.Output, first.Completion.IsFaulted);
    }

    static async Task<(string? Result, int Commits)> UndisturbedAsync(bool replay)
    {
        var history = new FaultyHistory(new MemoryWorkflowHistory(TimeProvider.System));
        await using var engine = await StartAsync(history, replay, new());
        await engine.ScheduleNewOrchestrationInstanceAsync(ProgramWorkflow.Name, MeshText(Program), "x", Soon());
        var run = await engine.WaitForInstanceCompletionAsync("x", Soon());
        run.Status.ShouldBe(WorkflowStatus.Completed, run.Failure?.ErrorMessage);
        return (run.Output, history.Commits);
    }
}
