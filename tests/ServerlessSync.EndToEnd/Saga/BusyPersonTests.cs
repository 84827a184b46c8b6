using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>However much is said of one person while a run is at work for them, the run stays within the engine's limits.</summary>
public sealed class BusyPersonTests
{
    const int Events = 200;
    static readonly string Id = MeshWorld.IdOf("ada");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_hundred_events_for_one_person_during_one_run_do_not_fill_its_history_and_a_leaver_among_them_still_wins(bool leaves)
    {
        var creating = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1), call =>
        {
            if (call.Operation != "create")
            {
                return Behaviour.Obey;
            }

            creating.TrySetResult();
            return Behaviour.Hold(answered.Task);
        });
        await world.Stores.Inbox.AcceptAsync([world.Hr("ada", 1)], CancellationToken.None);
        await creating.Task.WaitAsync(TimeSpan.FromSeconds(60));

        for (var sequence = 2; sequence <= Events; sequence += 2)
        {
            await world.Stores.Inbox.AcceptAsync(
                [world.Hr("ada", sequence, $"D{sequence}"), leaves ? world.Leaver("ada", sequence + 1) : world.Hr("ada", sequence + 1)], CancellationToken.None);
        }

        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        answered.SetResult();
        await world.SettleAsync();

        (await world.Client.GetInstanceAsync(Lanes.RunId(Id, 1), CancellationToken.None))!.Status.ShouldBe(WorkflowStatus.Completed);
        (await world.History.LoadAsync(Lanes.RunId(Id, 1), CancellationToken.None))!.Events.Count.ShouldBeLessThan(200);
        (await world.ExceptionsAsync()).ShouldBeEmpty();
        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBe(!leaves);
    }
}
