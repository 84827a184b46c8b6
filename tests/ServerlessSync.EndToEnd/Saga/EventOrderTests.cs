using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Intake;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>Whatever a source says of order and time, nobody keeps access for it without a person being told.</summary>
public sealed class EventOrderTests
{
    static readonly DateTimeOffset Far = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_sequence_beyond_reason_is_somebodys_exception_when_it_comes()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(world.Hr("ada", long.MaxValue));

        (await world.ExceptionsAsync()).ShouldHaveSingleItem().Kind.ShouldBe("order-in-doubt");
        Active(world).ShouldBeTrue();
    }

    [Theory]
    [InlineData(ChangeKind.Terminated)]
    [InlineData(ChangeKind.Suspended)]
    public async Task A_person_ended_later_in_time_under_a_lower_sequence_is_somebodys_exception_and_replayed_it_counts(ChangeKind kind)
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(world.Hr("ada", 1_000_000));
        await world.CarryAsync(world.Hr("ada", 2, kind: kind) with { OccurredAt = world.Clock.GetUtcNow().AddSeconds(1) });
        Active(world).ShouldBeTrue();

        var doubt = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        (doubt.Kind, doubt.Event).ShouldBe(("order-in-doubt", new EventReference("hr", "ada-2")));
        (await world.Mesh.Operators.ReplayAsync(doubt.Id, "otto", CancellationToken.None)).Decision.ShouldBe(ReplayDecision.Taken);
        await world.SettleAsync();

        Active(world).ShouldBeFalse();
        (await world.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_termination_that_was_overtaken_by_the_return_is_stale_and_nobodys_exception()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        var early = world.Leaver("ada", 2);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.CarryAsync(world.Hr("ada", 1));
        await world.CarryAsync(world.Hr("ada", 3), early);

        Active(world).ShouldBeTrue();
        (await world.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Beside_another_event_of_the_same_sequence_a_termination_counts_in_either_order(bool terminationFirst)
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(world.Hr("ada", 1));
        var (mover, leaver) = (world.Hr("ada", 2) with { Id = "mover" }, world.Leaver("ada", 2) with { Id = "leaver" });

        await world.CarryAsync(terminationFirst ? leaver : mover);
        await world.CarryAsync(terminationFirst ? mover : leaver);

        Active(world).ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Beside_another_event_of_the_same_moment_and_no_sequence_a_termination_counts_in_either_order(bool terminationFirst)
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(Unordered(world.Hr("ada", 1)));
        var at = world.Clock.GetUtcNow().AddSeconds(1);
        var (mover, leaver) = (Unordered(world.Hr("ada", 2)) with { OccurredAt = at }, Unordered(world.Leaver("ada", 3)) with { OccurredAt = at });

        await world.CarryAsync(terminationFirst ? leaver : mover);
        await world.CarryAsync(terminationFirst ? mover : leaver);

        Active(world).ShouldBeFalse();
    }

    [Fact]
    public async Task A_moment_yet_to_come_does_not_make_a_later_termination_without_a_sequence_stale()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(Unordered(world.Hr("ada", 1)) with { OccurredAt = Far });
        await world.CarryAsync(Unordered(world.Leaver("ada", 2)));

        Active(world).ShouldBeFalse();
    }

    [Fact]
    public async Task A_termination_replayed_for_the_second_time_counts_when_the_first_replay_never_came_through()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(world.Hr("ada", 1));
        var left = world.Leaver("ada", 2);
        var said = await world.Seen.Partitions.EditIdentityAsync(
            MeshWorld.IdOf("ada"),
            async edit =>
            {
                // As a termination leaves it that the file in force did not let the source decide.
                var record = await edit.ReadAsync<SourceRecord>("source-hr", CancellationToken.None);
                edit.Save("source-hr", record! with { EventId = left.Id, Sequence = 2, Kind = ChangeKind.Terminated });
                return true;
            },
            CancellationToken.None);
        said.ShouldBeTrue();

        await world.CarryAsync(left with { Id = "replay-of-replay", ReplayOf = "replay-that-never-ran" });

        Active(world).ShouldBeFalse();
    }

    static ChangeEvent Unordered(ChangeEvent change) => change with { Sequence = null };

    [Fact]
    public async Task A_change_from_before_a_termination_dated_ahead_does_not_bring_the_person_back()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(Unordered(world.Hr("ada", 1)));
        world.Clock.Advance(TimeSpan.FromHours(1));
        var older = Unordered(world.Hr("ada", 2));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.CarryAsync(Unordered(world.Leaver("ada", 3)) with { OccurredAt = world.Clock.GetUtcNow().AddHours(6) });
        Active(world).ShouldBeFalse("left");
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.CarryAsync(older with { ReceivedAt = world.Clock.GetUtcNow() });
        Active(world).ShouldBeFalse("older change must not rehire");
    }

    [Fact]
    public async Task A_termination_from_before_the_return_of_somebody_whose_source_is_ahead_does_not_end_them()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(Unordered(world.Hr("ada", 1)));
        world.Clock.Advance(TimeSpan.FromHours(1));
        var older = Unordered(world.Leaver("ada", 2));
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.CarryAsync(Unordered(world.Hr("ada", 3)) with { OccurredAt = world.Clock.GetUtcNow().AddMinutes(3) });
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.CarryAsync(older with { ReceivedAt = world.Clock.GetUtcNow() });
        Active(world).ShouldBeTrue("older termination");
    }

    [Fact]
    public async Task A_source_that_counts_beyond_reason_is_one_exception_for_each_person()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        for (var n = 0; n < 5; n++)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            await world.CarryAsync(world.Hr("ada", long.MaxValue) with { Id = $"e{n}" });
        }

        (await world.ExceptionsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_termination_with_a_lower_sequence_behind_a_moment_yet_to_come_is_somebodys_exception()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(world.Hr("ada", 1_000_000) with { OccurredAt = world.Clock.GetUtcNow().AddDays(1) });
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.CarryAsync(world.Leaver("ada", 43));
        (await world.ExceptionsAsync()).Count.ShouldBe(1, $"active={Active(world)}");
    }

    [Fact]
    public async Task A_suspension_of_the_same_sequence_and_moment_is_not_lost_unseen()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(world.Hr("ada", 1));
        await world.CarryAsync(world.Hr("ada", 1, kind: ChangeKind.Suspended) with { Id = "susp" });
        (!Active(world) || (await world.ExceptionsAsync()).Count == 1).ShouldBeTrue();
    }

    static bool Active(MeshWorld world) => world.Targets["t1"].Native["ada@example.com"].Active;
}
