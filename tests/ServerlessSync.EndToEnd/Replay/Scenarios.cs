using ServerlessSync.Connectors;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Engines.InProcess.Replay;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.TestKit.Crash;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Replay;

/// <summary>Lives whose runs are written down and replayed by every build. A new workflow, or a new version of one, gets its own here.</summary>
static class Scenarios
{
    static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
    static readonly string Id = MeshWorld.IdOf("ada");

    public static MeshConfiguration Configuration { get; } = MeshYaml.For(
        2, "all: t1=group:All, t2=role:all", "it: t1=group:IT ? department=IT", "hr: t2=role:hr ? department=HR") with
    {
        Deadlines = new DeadlineConfiguration { Leaver = TimeSpan.FromSeconds(40) },
    };

    /// <summary>By name: what is lived, and the number of the run that is written down.</summary>
    public static IReadOnlyDictionary<string, Scenario> All { get; } = new Dictionary<string, Scenario>(StringComparer.Ordinal)
    {
        ["joiner"] = new(1, world => world.CarryAsync(world.Hr("ada", 1))),
        ["mover"] = new(2, async world =>
        {
            await world.CarryAsync(world.Hr("ada", 1));
            await world.CarryAsync(world.Hr("ada", 2, department: "HR"));
        }),
        ["leaver"] = new(2, LeaveAsync),
        ["rehire"] = new(3, async world =>
        {
            await LeaveAsync(world);
            await world.CarryAsync(world.Hr("ada", 3));
        }),
        ["stale-event"] = new(2, async world =>
        {
            await world.CarryAsync(world.Hr("ada", 5));
            await world.CarryAsync(world.Hr("ada", 4));
        }),
        ["retried-joiner"] = new(1, async world =>
        {
            var failures = 0;
            world.Script.On = call => call is { Target: "t2", Operation: "grant" } && Interlocked.Increment(ref failures) <= 2
                ? Behaviour.Fail(FailureKind.Transient)
                : Behaviour.Obey;
            await world.CarryAsync(world.Hr("ada", 1));
        }),
        ["waiting-joiner"] = new(1, world => world.CarryAsync(world.Hr("ada", 1)))
        {
            Outage = () => new Outage(access: 110, length: 8, afterEffect: false),
        },
        ["compensated-joiner"] = new(1, async world =>
        {
            world.Script.On = call => call is { Target: "t2", Operation: "grant" } ? Behaviour.Fail(FailureKind.Rejected) : Behaviour.Obey;
            await world.CarryAsync(world.Hr("ada", 1));
        }),
        ["superseded-joiner"] = new(1, world => InterruptAsync(world, async () =>
        {
            await world.Stores.Inbox.AcceptAsync([world.Leaver("ada", 2)], CancellationToken.None);
            await world.Mesh.SweepOnceAsync(CancellationToken.None);
        })),
        ["stopped-joiner"] = new(1, world => InterruptAsync(world, () =>
            world.Client.RaiseEventAsync(Lanes.RunId(Id, 1), WorkflowNames.StopEvent, null, CancellationToken.None))),
        ["terminated-joiner"] = new(1, world => InterruptAsync(world, () =>
            world.Client.TerminateInstanceAsync(Lanes.RunId(Id, 1), "drill", CancellationToken.None))),
        ["insisting-leaver"] = new(2, async world =>
        {
            await InsistAsync(world);
            world.Script.On = _ => Behaviour.Obey;
            await world.SettleAsync();
        }),
        ["leaver-in-flight"] = new(2, InsistAsync),
    };

    /// <summary>Lives a scenario in a world of its own and takes its run down.</summary>
    public static async Task<RecordedRun> PlayAsync(Scenario scenario)
    {
        var history = new RecordingHistory(new MemoryWorkflowHistory(TimeProvider.System));
        await using var world = new MeshWorld(Configuration, history: history, disruption: scenario.Outage?.Invoke()) { DisruptsRowsOnly = true };
        await world.StartAsync();
        await scenario.LiveAsync(world);
        await world.StopAsync();
        return history.Of(Lanes.RunId(Id, scenario.Run));
    }

    static async Task LeaveAsync(MeshWorld world)
    {
        await world.CarryAsync(world.Hr("ada", 1));
        await world.CarryAsync(world.Leaver("ada", 2));
    }

    /// <summary>Begins a joiner, does something while a grant waits for its next attempt, and lets everything end.</summary>
    static async Task InterruptAsync(MeshWorld world, Func<Task> interrupt)
    {
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Script.On = call =>
        {
            if (call is not { Target: "t2", Operation: "grant" })
            {
                return Behaviour.Obey;
            }

            tried.TrySetResult();
            return Behaviour.Fail(FailureKind.Transient);
        };
        await world.Stores.Inbox.AcceptAsync([world.Hr("ada", 1)], CancellationToken.None);
        await tried.Task.WaitAsync(Guard);
        await interrupt();
        await world.SettleAsync();
    }

    /// <summary>Lets a leaver insist on a dead target beyond its deadline, over several generations.</summary>
    static async Task InsistAsync(MeshWorld world)
    {
        await world.CarryAsync(world.Hr("ada", 1));
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var until = world.Clock.GetUtcNow() + TimeSpan.FromMinutes(1);
        world.Script.On = call =>
        {
            if (call.Target != "t2")
            {
                return Behaviour.Obey;
            }

            if (world.Clock.GetUtcNow() >= until)
            {
                passed.TrySetResult();
            }

            return Behaviour.Fail(FailureKind.Transient);
        };
        await world.Stores.Inbox.AcceptAsync([world.Leaver("ada", 2)], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(Guard);
        await world.MoveUntilAsync(passed.Task, limit.Token);
    }
}

/// <summary>A life, and which run of it is written down.</summary>
sealed record Scenario(long Run, Func<MeshWorld, Task> LiveAsync)
{
    /// <summary>When the row store is away meanwhile.</summary>
    public Func<Outage>? Outage { get; init; }
}
