using System.Globalization;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>Bad events end as exceptions somebody owns, after a bounded number of tries, and hold up nobody.</summary>
public sealed class PoisonTests
{
    [Fact]
    public async Task One_bad_event_in_a_hundred_is_one_owned_exception_each_and_every_good_one_is_applied()
    {
        var events = Sweep.Pick(800, 10_000);
        await using var world = await StartAsync();
        await world.CarryAsync(world.Hr(PoisonEvents.Ada, 1), world.Hr(PoisonEvents.Bob, 1));
        var bad = Enumerable.Range(0, events / 100).Select(n => PoisonEvents.Make(world, n)).ToList();
        var good = Enumerable.Range(0, events - bad.Count).Select(n => world.Hr(string.Create(CultureInfo.InvariantCulture, $"good{n}"), 1)).ToList();

        for (var (goodAt, badAt) = (0, 0); goodAt < good.Count; goodAt += 99, badAt++)
        {
            await world.CarryAsync([.. good.Skip(goodAt).Take(50), .. bad.Skip(badAt).Take(1).Select(b => b.Event), .. good.Skip(goodAt + 50).Take(49)]);
            Progress.Say($"poison: {Math.Min(goodAt + 99, good.Count)} of {good.Count} good events");
        }

        var native = world.Targets["t2"].Native;
        good.ShouldAllBe(e => native.ContainsKey(e.Data["userName"]));
        var exceptions = await world.ExceptionsAsync();
        exceptions.ShouldAllBe(e => e.Owner == "identity-team" && e.Deadline > e.OpenedAt && e.Reason.Length > 0);
        foreach (var (change, kind) in bad)
        {
            exceptions.Where(e => IsAbout(e, change)).ShouldHaveSingleItem(change.Subject).Kind.ShouldBe(kind, change.Subject);
        }

        exceptions.Count.ShouldBe(bad.Count);
        await ShouldHaveEndedAsync(world, good.Concat(bad.Select(b => b.Event)));
        Progress.Show($"poison: {good.Count} good events applied, {bad.Count} bad ones of {PoisonEvents.Count} classes are one exception each");
    }

    [Fact]
    public async Task Behind_a_bad_event_of_any_class_the_good_one_of_the_same_person_is_applied()
    {
        await using var world = await StartAsync();
        await world.CarryAsync(world.Hr(PoisonEvents.Ada, 1), world.Hr(PoisonEvents.Bob, 1));
        var bad = Enumerable.Range(0, PoisonEvents.Count).Select(n => PoisonEvents.Make(world, n).Event).ToList();
        var mended = bad.Select(e => world.Hr(e.Subject, 2)).ToList();

        await world.CarryAsync([.. bad.Zip(mended).SelectMany(pair => new[] { pair.First, pair.Second })]);

        var native = world.Targets["t2"].Native;
        foreach (var change in mended.Where(e => bad[mended.IndexOf(e)].IdentityKind == IdentityKind.Person))
        {
            native.Keys.ShouldContain(change.Data["userName"]);
        }
    }

    [Fact]
    public async Task Managers_who_manage_each_other_or_themselves_hold_up_nobody()
    {
        await using var world = await StartAsync();

        await world.CarryAsync(
            world.Hr("a", 1, manager: "b"), world.Hr("b", 1, manager: "c"), world.Hr("c", 1, manager: "a"), world.Hr("d", 1, manager: "d"), world.Hr("e", 1, manager: "nobody"));
        await world.CarryAsync(world.Leaver("a", 2), world.Leaver("b", 2), world.Leaver("c", 2), world.Leaver("d", 2));

        (await world.ExceptionsAsync()).ShouldBeEmpty();
        world.Targets["t1"].Native["d@example.com"].Active.ShouldBeFalse();
        world.Targets["t1"].Native["e@example.com"].Active.ShouldBeTrue();
    }

    [Fact]
    public async Task A_damaged_row_of_a_received_event_is_owned_and_taken_up_by_itself_once_it_is_restored()
    {
        var change = default(ChangeEvent);
        await using (var world = new MeshWorld(MeshYaml.For(1)))
        {
            change = world.Hr("ada", 1);
            await world.Stores.Inbox.AcceptAsync([change, world.Hr("bob", 1)], CancellationToken.None);
            var sound = await DamageAsync(world, change);
            await world.StartAsync();
            await world.Mesh.SweepOnceAsync(CancellationToken.None);

            (await world.ExceptionsAsync()).ShouldHaveSingleItem().Kind.ShouldBe("row-damaged");
            await PutAsync(world, change, sound);
            await world.SettleAsync();

            world.Targets["t1"].Native.Keys.ShouldBe(["ada@example.com", "bob@example.com"]);
        }
    }

    [Fact]
    public async Task A_row_damaged_in_its_lane_is_owned_and_the_leaver_behind_it_still_leaves()
    {
        var released = new TaskCompletionSource();
        var creating = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await MeshWorld.StartAsync(
            MeshYaml.For(1), call => call.Operation == "create" && creating.TrySetResult() ? Behaviour.Hold(released.Task) : Behaviour.Obey);
        var (joiner, mover) = (world.Hr("ada", 1), world.Hr("ada", 2, "HR"));
        await world.Stores.Inbox.AcceptAsync([joiner], CancellationToken.None);
        await creating.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await world.Stores.Inbox.AcceptAsync([mover], CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await DamageAsync(world, mover);

        released.SetResult();
        await world.CarryAsync(world.Leaver("ada", 3));

        world.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();
        (await world.ExceptionsAsync()).Count(e => e.Kind == "run-failed").ShouldBe(1);
    }

    static Task<MeshWorld> StartAsync() => MeshWorld.StartAsync(MeshYaml.For(2), call =>
        call.Operation == "create" && PoisonEvents.Explodes(call) ? throw new InvalidOperationException("no failure any connector knows") : Behaviour.Obey);

    static bool IsAbout(ExceptionItem exception, ChangeEvent change) =>
        exception.IdentityId == MeshWorld.IdOf(change.Subject) || (exception.IdentityId is null && exception.Event?.Id == change.Id);

    static async Task ShouldHaveEndedAsync(MeshWorld world, IEnumerable<ChangeEvent> events)
    {
        foreach (var change in events)
        {
            var row = await world.Stores.Inbox.FindAsync(Inbox.KeyOf(change.Source, change.Id), CancellationToken.None);
            (row.ShouldNotBeNull().Status > InboxStatus.Queued).ShouldBeTrue(change.Id);
            row.Tries.ShouldBeLessThanOrEqualTo(10);
        }

        world.Stores.Inbox.Backlog.Count.ShouldBe(0);
    }

    static async Task<ReadOnlyMemory<byte>> DamageAsync(MeshWorld world, ChangeEvent change)
    {
        var key = Inbox.KeyOf(change.Source, change.Id);
        var row = await world.Rows.GetAsync(new RowAddress(TableNames.Inbox, key.Partition, key.Key), CancellationToken.None);
        await PutAsync(world, change, "{\"event\":"u8.ToArray());
        return row.ShouldNotBeNull().Body;
    }

    static async Task PutAsync(MeshWorld world, ChangeEvent change, ReadOnlyMemory<byte> body)
    {
        var key = Inbox.KeyOf(change.Source, change.Id);
        await world.Rows.CommitAsync(new RowBatch(TableNames.Inbox, key.Partition, RowWrite.Put(key.Key, body)), CancellationToken.None);
    }
}
