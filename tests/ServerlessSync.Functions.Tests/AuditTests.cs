using ServerlessSync.Functions.Tests.World;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using Shouldly;
using Xunit;

namespace ServerlessSync.Functions.Tests;

/// <summary>Audit checkpoints where several instances of the app write to one store.</summary>
public sealed class AuditTests
{
    static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task An_instance_that_is_told_to_stop_takes_a_last_checkpoint_over_what_it_wrote()
    {
        var world = await FunctionsWorld.StartAsync();
        await world.SendAsync("7", "e1");
        await world.Functions<TimerFunctions>().SweepAsync(new(), world.Engine, None);
        await world.DisposeAsync();
        world.Anchor.Lines.ShouldNotBeEmpty();
        world.Anchor.Lines[^1]!.Leaves.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_an_instance_that_was_killed_wrote_last_is_anchored_when_the_hourly_comparison_ends()
    {
        var rows = new MemoryRowStore();
        await WriteAsync(rows, "before");
        await using var world = await FunctionsWorld.StartAsync(rows);
        await world.Functions<TimerFunctions>().CompareAuditAsync(new(), None);
        world.Anchor.Lines.ShouldHaveSingleItem()!.Leaves.ShouldBe(1);
        await WriteAsync(rows, "meanwhile");
        await world.Functions<TimerFunctions>().CompareAuditAsync(new(), None);
        world.Anchor.Lines.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_instance_that_begins_reads_no_stream_it_has_not_written_to()
    {
        var rows = new CountingRowStore(new MemoryRowStore());
        for (var identity = 0; identity < 200; identity++)
        {
            await WriteAsync(rows, $"i{identity}");
        }

        var before = rows.Reads;
        await (await FunctionsWorld.StartAsync(rows)).DisposeAsync();
        (rows.Reads - before).ShouldBeLessThan(200);
    }

    /// <summary>Writes as a process does whose notes of what it wrote are lost with it.</summary>
    static async Task WriteAsync(IRowStore rows, string identity)
    {
        var stores = new MeshStores(rows, new FakeTimeProvider());
        var item = new ExceptionItem($"{identity}:guard", "guard", identity, null, null, "identity-team", "why", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        await stores.Exceptions.OpenAsync(item, None);
    }
}
