using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>How much waits is known from the start of a process, not only once it has been worked off.</summary>
public sealed class BacklogTests
{
    [Fact]
    public async Task What_a_process_before_took_in_and_died_over_leaves_no_room_when_the_next_begins_to_work_it_off()
    {
        var rows = new UnreadableRowStore(new MemoryRowStore());
        await using var world = new MeshWorld(MeshYaml.For(1), rows) { MostWaiting = 5 };
        await world.Stores.Inbox.AcceptAsync([.. Enumerable.Range(0, 10).Select(n => world.Hr($"ada{n}", 1))], CancellationToken.None);
        bool? hadRoom = null;
        rows.Before = address =>
        {
            if (address.Table == TableNames.Inbox)
            {
                hadRoom ??= world.Stores.Inbox.HasRoom;
            }

            return Task.CompletedTask;
        };

        await world.StartAsync();
        hadRoom.ShouldBe(false);
        await world.SettleAsync();

        // What moved on while the sweep counted may be counted twice; the next one corrects it.
        await world.Mesh.CountBacklogAsync(CancellationToken.None);
        world.Stores.Inbox.HasRoom.ShouldBeTrue();
        world.Stores.Inbox.Backlog.Count.ShouldBe(0);
    }
}
