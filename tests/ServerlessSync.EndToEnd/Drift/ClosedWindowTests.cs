using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.EndToEnd.Reconciliation;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Drift;

/// <summary>Drift that was queued within a maintenance window and is taken up after it, or before its time.</summary>
public sealed class ClosedWindowTests
{
    static readonly CancellationToken None = CancellationToken.None;

    // The clock stands on a Monday at nine.
    static readonly MaintenanceWindow MondayNight = new(new HashSet<DayOfWeek> { DayOfWeek.Monday }, new TimeOnly(22, 0), new TimeOnly(2, 0));

    [Fact]
    public async Task What_is_taken_up_after_its_window_has_closed_waits_for_the_next_one_and_is_mended_then()
    {
        await using var world = await ComparedAsync(new ReconcileConfiguration { Windows = [MondayNight] }, people: 3);
        var item = await QueueAsync(world, 0);

        await TakeUpAsync(world, item);

        var waiting = await ItemAsync(world, 0);
        (waiting.State, waiting.Reason).ShouldBe((DriftState.Held, "outside the maintenance windows"));
        world.Target().Native[Key(0)].Active.ShouldBeFalse();
        world.World.Clock.Advance(TimeSpan.FromHours(14));
        var timer = new ReconcileTimer(world.World.Configuration, world.Stores, world.World.Mesh.Reconciliations, NullLogger.Instance);
        var start = (await timer.RunAsync(None)).ShouldHaveSingleItem();
        (await world.EndAsync(start.Run)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        await world.SettleAsync();
        world.Target().Native[Key(0)].Active.ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_person_decided_to_mend_waits_for_no_window_and_only_that_once()
    {
        await using var world = await ComparedAsync(new ReconcileConfiguration { Windows = [MondayNight] }, people: 3);
        await TakeUpAsync(world, await QueueAsync(world, 0));
        await TakeUpAsync(world, await QueueAsync(world, 1));
        var mend = new DriftDecisionRequest(Everyone, Id(0), null, 1, DriftDecision.Remediate, "ops");
        (await world.World.Mesh.DriftDecisions.DecideAsync(mend, None)).Outcome.ShouldBe(DriftDecisionOutcome.Taken);
        await world.SettleAsync();
        Enumerable.Range(0, 2).Select(person => world.Target().Native[Key(person)].Active).ShouldBe([true, false]);

        await TakeUpAsync(world, await QueueAsync(world, 0));
        world.Target().Native[Key(0)].Active.ShouldBeFalse();
    }

    [Fact]
    public async Task What_may_be_taken_up_later_is_not_taken_up_by_a_message_that_comes_early()
    {
        await using var world = await ComparedAsync(new ReconcileConfiguration(), people: 3);
        var item = await QueueAsync(world, 0);
        item = (await world.Stores.Drifts.MoveAsync(item, now => now with { NotBefore = world.World.Clock.GetUtcNow() + TimeSpan.FromHours(1) }, None))!;

        await TakeUpAsync(world, item);
        (await ItemAsync(world, 0)).MendedBy.ShouldBeNull();
        world.Target().Native[Key(0)].Active.ShouldBeFalse();

        world.World.Clock.Advance(TimeSpan.FromHours(1));
        await TakeUpAsync(world, item);
        world.Target().Native[Key(0)].Active.ShouldBeTrue();
    }

    /// <summary>Disables an account behind the mesh's back and records that as a comparison within a window does, whose message nobody has taken yet.</summary>
    static Task<DriftItem> QueueAsync(ComparedWorld world, int person)
    {
        world.Change(person, a => a with { Active = false });
        var now = world.World.Clock.GetUtcNow();
        var finding = new DriftFinding(DriftKind.Status, string.Empty, "active", "disabled", now, now);
        return world.Stores.Drifts.OpenAsync(
            new DriftItem { Target = Everyone, IdentityId = Id(person), AccountKey = Key(person), Findings = [finding], OpenedAt = now, FoundBy = "before" }, DriftState.Queued, None);
    }

    static async Task TakeUpAsync(ComparedWorld world, DriftItem item)
    {
        await world.World.Mesh.Remediation.RemediateAsync(DriftMessage.Of(item), None);
        await world.World.SettleAsync();
    }

    static async Task<DriftItem> ItemAsync(ComparedWorld world, int person) => (await world.Stores.Drifts.FindAsync(Everyone, Id(person), None)).ShouldNotBeNull();
}
