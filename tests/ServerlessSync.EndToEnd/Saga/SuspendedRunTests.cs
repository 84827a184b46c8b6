using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>A run an operator suspended holds up no leaver, whenever the suspension reaches it: the next sweep that sees it lets the run go on.</summary>
public sealed class SuspendedRunTests
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    static readonly string Id = MeshWorld.IdOf("ada");
    static readonly string Joiner = Lanes.RunId(Id, 1);

    readonly MemoryWorkflowHistory _history = new(TimeProvider.System);
    readonly TaskCompletionSource _creating = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_run_an_operator_suspended_does_not_hold_up_a_leaver()
    {
        var history = new SuspensionHistory(_history);
        await using var world = await CreatingAsync(history);
        await world.Client.SuspendInstanceAsync(Joiner, "coffee", CancellationToken.None);
        await history.Suspended.WaitAsync(Soon);
        _answered.SetResult();
        await StatusShouldBeAsync(world, WorkflowStatus.Suspended);

        await BeginLeavingAsync(world);
        await LeaverShouldEndAsync(world);
        world.Targets["t1"].Native.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_run_whose_suspension_shows_only_after_a_sweep_does_not_hold_up_a_leaver()
    {
        var history = new SuspensionHistory(_history) { MayShow = _gate.Task };
        await using var world = await CreatingAsync(history);
        await world.Client.SuspendInstanceAsync(Joiner, "coffee", CancellationToken.None);
        _answered.SetResult();
        await BeginLeavingAsync(world);
        await StatusShouldBeAsync(world, WorkflowStatus.Running);
        _gate.SetResult();
        await history.Suspended.WaitAsync(Soon);
        await StatusShouldBeAsync(world, WorkflowStatus.Suspended);

        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await LeaverShouldEndAsync(world);
        world.Targets["t1"].Native.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_run_suspended_before_its_first_turn_does_not_hold_up_a_leaver()
    {
        var history = new SuspensionHistory(_history) { MayBegin = _gate.Task };
        await using var world = await StartAsync(history);
        await world.Stores.Inbox.AcceptAsync([world.Hr("ada", 1)], CancellationToken.None);
        await history.Created.WaitAsync(Soon);
        await world.Client.SuspendInstanceAsync(Joiner, "coffee", CancellationToken.None);
        _gate.SetResult();
        await history.Suspended.WaitAsync(Soon);
        _answered.SetResult();

        await BeginLeavingAsync(world);
        await LeaverShouldEndAsync(world);
        world.Script.Effects.ShouldBeEmpty();
    }

    static async Task<MeshWorld> StartAsync(SuspensionHistory history)
    {
        var world = new MeshWorld(MeshYaml.For(1, "all: t1=group:All"), history: history);
        await world.StartAsync();
        return world;
    }

    /// <summary>A world in which a joiner's account is being created at the target.</summary>
    async Task<MeshWorld> CreatingAsync(SuspensionHistory history)
    {
        var world = await StartAsync(history);
        world.Script.On = call =>
        {
            if (call.Operation != "create")
            {
                return Behaviour.Obey;
            }

            _creating.TrySetResult();
            return Behaviour.Hold(_answered.Task);
        };
        await world.Stores.Inbox.AcceptAsync([world.Hr("ada", 1)], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await _creating.Task.WaitAsync(Soon);
        return world;
    }

    static async Task BeginLeavingAsync(MeshWorld world)
    {
        await world.Stores.Inbox.AcceptAsync([world.Leaver("ada", 2)], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
    }

    static async Task LeaverShouldEndAsync(MeshWorld world)
    {
        using var limit = new CancellationTokenSource(Soon);
        await world.MoveUntilAsync(world.Client.WaitForInstanceCompletionAsync(Joiner, limit.Token), limit.Token);
        await world.SettleAsync();
        (await world.Client.GetInstanceAsync(Lanes.RunId(Id, 2), CancellationToken.None))!.Status.ShouldBe(WorkflowStatus.Completed);
        world.Targets["t1"].Native.Values.ShouldAllBe(a => !a.Active);
    }

    static async Task StatusShouldBeAsync(MeshWorld world, WorkflowStatus status) =>
        (await world.Client.GetInstanceAsync(Joiner, CancellationToken.None))!.Status.ShouldBe(status);
}
