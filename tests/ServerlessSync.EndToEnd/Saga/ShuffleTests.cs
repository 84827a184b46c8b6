using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>Row 5 of the fault matrix: updates out of order and late, a termination before the creation it follows. The highest sequence holds.</summary>
public sealed class ShuffleTests
{
    static readonly string[] Departments = ["IT", "HR", "Sales"];
    static readonly MeshConfiguration Configuration = MeshYaml.For(1, "all: t1=group:All", "it: t1=group:IT ? department=IT", "hr: t1=group:HR ? department=HR");

    [Fact]
    public async Task Shuffled_updates_end_at_the_highest_sequence_and_nobody_who_left_comes_back()
    {
        var (users, updates) = (Sweep.Pick(40, 1000), Sweep.Pick(400, 10_000));
        var seed = Sweep.Seed(1);
        await using var world = await MeshWorld.StartAsync(Configuration);
        var random = new Random(seed);
        var told = Tell(world, random, users, updates);
        foreach (var batch in Shuffle(told, random).Chunk(100))
        {
            await world.CarryAsync(batch);
        }

        await CheckAsync(world, told);
        Progress.Show($"row 5: {told.Count} updates of {users} users in any order, {told.Count(e => e.Kind == ChangeKind.Terminated)} of them terminations, seed {seed}");
    }

    [Fact]
    public async Task A_termination_before_its_creation_is_an_owned_exception_and_the_late_creation_makes_nothing()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Leaver("ada", 3));
        await world.CarryAsync(world.Hr("ada", 2, "HR"));
        await world.CarryAsync(world.Hr("ada", 1));

        world.Script.Effects.ShouldBeEmpty();
        (await world.ViewAsync("ada"))!.Record.Status.ShouldBe(IdentityStatus.Terminated);
        (await world.ExceptionsAsync()).Select(e => (e.Kind, e.Owner)).ShouldBe([("out-of-reach", "identity-team")]);
        foreach (var late in new[] { "ada-1", "ada-2" })
        {
            (await world.Seen.Inbox.FindAsync(Inbox.KeyOf("hr", late), CancellationToken.None))!.Status.ShouldBe(InboxStatus.Stale);
        }
    }

    /// <summary>Each user's updates, numbered from 1; one in five ends them, and those who are ended last stay ended.</summary>
    static List<ChangeEvent> Tell(MeshWorld world, Random random, int users, int updates)
    {
        var sequences = new long[users];
        return
        [
            .. Enumerable.Range(0, updates).Select(n =>
            {
                var user = n < users ? n : random.Next(users);
                var sequence = ++sequences[user];
                return random.Next(5) == 0
                    ? world.Leaver($"u{user}", sequence)
                    : world.Hr($"u{user}", sequence, Departments[random.Next(Departments.Length)]);
            }),
        ];
    }

    static IEnumerable<ChangeEvent> Shuffle(List<ChangeEvent> told, Random random)
    {
        var order = told.ToArray();
        random.Shuffle(order);

        // A third of those who leave for good leave before anything else is heard of them.
        var early = told.GroupBy(e => e.Subject).Select(u => u.MaxBy(e => e.Sequence)!).Where(e => e.Kind == ChangeKind.Terminated).Where((_, n) => n % 3 == 0).ToHashSet();
        return order.OrderByDescending(early.Contains);
    }

    static async Task CheckAsync(MeshWorld world, List<ChangeEvent> told)
    {
        foreach (var user in told.GroupBy(e => e.Subject))
        {
            Check(world, user.MaxBy(e => e.Sequence)!);
            (await world.ViewAsync(user.Key))!.Record.Status.ShouldBe(
                user.MaxBy(e => e.Sequence)!.Kind == ChangeKind.Terminated ? IdentityStatus.Terminated : IdentityStatus.Active, user.Key);
        }

        foreach (var change in told)
        {
            var row = await world.Seen.Inbox.FindAsync(Inbox.KeyOf("hr", change.Id), CancellationToken.None);
            row!.Status.ShouldBeOneOf(InboxStatus.Applied, InboxStatus.Stale);
        }

        (await world.ExceptionsAsync()).ShouldAllBe(e => e.Kind == "out-of-reach");
        world.Script.Effects.ShouldBeUnique();
        (await new AuditVerifier(world.Rows).VerifyAsync(CancellationToken.None)).Faults.ShouldBeEmpty();
    }

    static void Check(MeshWorld world, ChangeEvent newest)
    {
        var account = world.Targets["t1"].Native.GetValueOrDefault($"{newest.Subject}@example.com");
        string[] rights = newest.Kind == ChangeKind.Terminated ? [] : newest.Data["department"] switch
        {
            "IT" => ["group:All", "group:IT"],
            "HR" => ["group:All", "group:HR"],
            _ => ["group:All"],
        };
        (account?.Active ?? false).ShouldBe(newest.Kind == ChangeKind.Changed, newest.Id);
        (account?.Rights ?? []).ShouldBe(rights, customMessage: newest.Id);
        (newest.Kind == ChangeKind.Terminated ? account?.Sessions ?? 0 : 0).ShouldBe(0, newest.Id);
    }
}
