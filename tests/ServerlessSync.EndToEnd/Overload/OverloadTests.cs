using System.Globalization;
using System.Net;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Scripted;
using ServerlessSync.Web;

namespace ServerlessSync.EndToEnd.Overload;

/// <summary>More than there is room for: asked to come again, never lost, and over by itself. Queues are counted by what is inside, never by time.</summary>
public sealed class OverloadTests
{
    [Fact]
    public async Task While_the_store_is_blocked_a_bounded_number_is_inside_and_after_it_everything_acknowledged_is_applied()
    {
        const int bound = 16;
        var store = new BlockableRowStore(new MemoryRowStore(), TableNames.Inbox);
        await using var world = new MeshWorld(MeshYaml.For(1, "all: t1=group:All"), store);
        await world.StartAsync();
        await using var server = await IntakeServer.StartAsync(world, new WebLimits { Webhooks = bound });
        store.Block();
        var inside = Enumerable.Range(0, bound).Select(n => server.SendAsync(Named(n))).ToList();
        await store.WaitForCommitsAsync(bound);

        var past = await Task.WhenAll(Enumerable.Range(bound, 10 * bound).Select(n => server.SendAsync(Named(n))));

        past.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        inside.ShouldAllBe(answer => !answer.IsCompleted);
        store.MostInside.ShouldBe(bound);
        store.Release();
        (await Task.WhenAll(inside)).ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Accepted);
        await SendAllAsync(server, Enumerable.Range(bound, 10 * bound));
        await world.SettleAsync();

        world.Targets["t1"].Native.Count.ShouldBe(11 * bound);
        (await world.ExceptionsAsync()).ShouldBeEmpty();
        world.Stores.Inbox.Backlog.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_backlog_over_its_limit_takes_in_no_more_until_the_mesh_has_worked_it_off()
    {
        const int limit = 20;
        var released = new TaskCompletionSource();
        await using var world = new MeshWorld(MeshYaml.For(1)) { MostWaiting = limit };
        world.Script.On = call => call.Operation == "create" && !released.Task.IsCompleted
            ? Behaviour.Hold(released.Task)
            : Behaviour.Obey;
        await world.StartAsync();
        await using var server = await IntakeServer.StartAsync(world, new WebLimits());

        // One after the other, so that the limit is met exactly.
        for (var n = 0; n < limit; n++)
        {
            (await server.SendAsync(Named(n))).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        }

        var refused = await server.SendAsync(Named(limit));
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(30));
        world.Stores.Inbox.Backlog.Count.ShouldBe(limit);
        released.SetResult();
        await world.SettleAsync();

        await SendAllAsync(server, [limit]);
        await world.SettleAsync();
        world.Targets["t1"].Native.Count.ShouldBe(limit + 1);
    }

    [Fact]
    public async Task What_waits_is_counted_again_after_a_restart_and_corrected_by_every_sweep()
    {
        const int limit = 3;
        var released = new TaskCompletionSource();
        var rows = new MemoryRowStore();
        await using var world = new MeshWorld(MeshYaml.For(1), rows) { MostWaiting = limit };
        world.Script.On = call => call.Operation == "create"
            ? Behaviour.Hold(released.Task)
            : Behaviour.Obey;
        var before = new MeshStores(rows, world.Clock, limit);
        await before.Inbox.AcceptAsync([world.Hr("a", 1), world.Hr("b", 1), world.Hr("c", 1), world.Hr("a", 1)], CancellationToken.None);
        before.Inbox.HasRoom.ShouldBeFalse();
        before.Inbox.Backlog.Count.ShouldBe(3);

        await world.StartAsync();

        world.Stores.Inbox.Backlog.Count.ShouldBe(3);
        world.Stores.Inbox.HasRoom.ShouldBeFalse();
        world.Stores.Inbox.Backlog.Correct(before: 0, found: 1000);
        await world.Mesh.CountBacklogAsync(CancellationToken.None);
        world.Stores.Inbox.Backlog.Count.ShouldBe(3);
        released.SetResult();
    }

    static string Named(int number) => string.Create(CultureInfo.InvariantCulture, $"p{number}");

    static async Task SendAllAsync(IntakeServer server, IEnumerable<int> numbers)
    {
        var open = numbers.ToList();
        while (open.Count > 0)
        {
            var answers = await Task.WhenAll(open.Select(async n => (Number: n, (await server.SendAsync(Named(n))).StatusCode)));
            answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.Accepted || a.StatusCode == HttpStatusCode.ServiceUnavailable);
            open = [.. answers.Where(a => a.StatusCode != HttpStatusCode.Accepted).Select(a => a.Number)];
        }
    }
}
