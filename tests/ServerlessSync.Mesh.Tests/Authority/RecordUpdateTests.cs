using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Tests.Configuration;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Authority;

public sealed class RecordUpdateTests
{
    const int People = 200;
    static readonly MeshConfiguration Configuration = MeshConfigurationLoader.Load(MeshYaml.Small).Configuration!;

    [Fact]
    public void In_whatever_order_a_persons_events_come_the_record_ends_as_the_newest_says_and_nobody_rises_from_the_dead()
    {
        for (var seed = 0; seed < People; seed++)
        {
            var random = new Random(seed);
            var events = Enumerable.Range(1, random.Next(1, 9)).Select(n => EventOf(n, random)).ToArray();
            var inOrder = Apply(events);
            var told = events.Concat(events.Take(random.Next(3))).ToArray();
            random.Shuffle(told);
            var shuffled = Apply(told);

            var newest = events[^1];
            shuffled.Record.Status.ShouldBe(StatusAfter(newest), $"seed {seed}");
            shuffled.Record.Status.ShouldBe(inOrder.Record.Status, $"seed {seed}");
            shuffled.Said!.EventId.ShouldBe(newest.Id, $"seed {seed}");
            if (newest.Kind == ChangeKind.Changed)
            {
                shuffled.Record.Accepted("department").ShouldBe(newest.Data["department"], $"seed {seed}");
            }
        }
    }

    [Fact]
    public void A_suspension_does_not_bring_back_who_has_left()
    {
        var left = Apply(Change(1, ChangeKind.Changed), Change(2, ChangeKind.Terminated), Change(3, ChangeKind.Suspended));
        left.Record.Status.ShouldBe(IdentityStatus.Terminated);
    }

    static IdentityStatus StatusAfter(ChangeEvent newest) =>
        newest.Kind == ChangeKind.Terminated ? IdentityStatus.Terminated : IdentityStatus.Active;

    static (IdentityRecord Record, SourceRecord? Said) Apply(params ChangeEvent[] events)
    {
        var update = new RecordUpdate(Configuration);
        var record = new IdentityRecord
        {
            Id = "id", Kind = IdentityKind.Person, Status = IdentityStatus.Pending, Anchors = [new Anchor("hr", "1")],
            CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch,
        };
        SourceRecord? said = null;
        foreach (var change in events)
        {
            var next = update.Apply(record, said, change);
            next.IsStale.ShouldBe(said is not null && change.Sequence <= said.Sequence);
            (record, said) = (next.Record, next.Said ?? said);
        }

        return (record, said);
    }

    static ChangeEvent EventOf(int number, Random random) => Change(
        number, random.Next(3) == 0 ? ChangeKind.Terminated : ChangeKind.Changed, $"d{random.Next(4)}");

    static ChangeEvent Change(long sequence, ChangeKind kind, string department = "d") => new()
    {
        Id = $"e{sequence}", Source = "hr", Subject = "1", Kind = kind, Sequence = sequence,
        OccurredAt = DateTimeOffset.UnixEpoch, ReceivedAt = DateTimeOffset.UnixEpoch,
        Data = kind == ChangeKind.Changed ? new Dictionary<string, string> { ["department"] = department } : new Dictionary<string, string>(),
    };
}
