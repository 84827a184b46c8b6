using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>From where comparisons of changes go on, when that moves, and what becomes of them when it is lost.</summary>
public sealed class FollowedPlaceTests
{
    [Fact]
    public async Task A_target_that_cannot_tell_ends_it_with_the_reason_and_only_a_complete_comparison_takes_it_up_again()
    {
        await using var world = await ComparedAsync(OnlyReported);
        world.Change(1, a => a with { Active = false });
        world.Target().Listing.KeptChanges = 0;
        var report = await world.CompareChangesAsync();
        (report.Outcome, report.Reason, report.PlanHash).ShouldBe((ReconciliationOutcome.Abandoned, "the target cannot tell what changed: the cursor is forgotten", null));
        (await world.World.ExceptionsAsync()).ShouldHaveSingleItem().Reason.ShouldContain("the cursor is forgotten");
        var asked = new ReconciliationRequest(Everyone, "reconcile-t1-x", DryRun: false, "ops") { Mode = ReconciliationMode.Changes };
        (await world.World.Mesh.Reconciliations.StartAsync(asked, CancellationToken.None)).ShouldBe(
            new ReconciliationAnswer(ReconciliationDecision.Refused, Reason: "compare 't1' whole first: the target cannot tell what changed: the cursor is forgotten"));
        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Abandoned);

        world.Target().Listing.KeptChanges = int.MaxValue;
        (await FollowedAsync(world)).ReadEverything.ShouldBeTrue();
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.FoundAsync()).ShouldBe([Line(Id(1), DriftKind.Status)]);
        (await world.World.ExceptionsAsync()).ShouldBeEmpty();
        (await FollowedAsync(world)).ReadEverything.ShouldBeFalse();
        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
    }

    [Fact]
    public async Task A_feed_that_answers_nothing_keeps_no_complete_comparison_from_its_end()
    {
        await using var world = new ComparedWorld(OnlyReported);
        await world.HireAsync(6);
        world.Paged(Everyone).OnChanges = _ => throw new ConnectorException(Everyone, FailureKind.Unauthorised, "no feed for you");
        world.Change(1, a => a with { Active = false });
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.FoundAsync()).ShouldBe([Line(Id(1), DriftKind.Status)]);
        var asked = new ReconciliationRequest(Everyone, "reconcile-t1-x", DryRun: false, "ops") { Mode = ReconciliationMode.Changes };
        (await world.World.Mesh.Reconciliations.StartAsync(asked, CancellationToken.None)).Reason.ShouldBe(
            "changes of 't1' are followed from a complete comparison on, and none has come through yet");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Cursors_that_go_round_in_a_circle_end_it_and_the_changes_are_read_again(int round)
    {
        await using var world = await ComparedAsync(OnlyReported);
        world.Change(1, a => a with { Active = false });
        var pages = 0;
        world.Paged(Everyone).OnChanges = cursor => cursor is null ? null : ChangePage.Changed([], FormattableString.Invariant($"{pages++ % round}"), more: true);
        var report = await world.CompareChangesAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        report.Reason!.ShouldContain("page token again");
        (await world.OpenAsync()).ShouldBeEmpty();

        world.Paged(Everyone).OnChanges = _ => null;
        await world.CompareChangesAsync();
        (await world.FoundAsync()).ShouldBe([Line(Id(1), DriftKind.Status)]);
        (await world.World.ExceptionsAsync()).ShouldBeEmpty("it came through");
    }

    [Fact]
    public async Task Changes_without_end_are_given_up_for_a_complete_comparison()
    {
        await using var world = await ComparedAsync(OnlyReported);
        var pages = 0;
        world.Paged(Everyone).OnChanges = cursor => cursor is null ? null : ChangePage.Changed([], FormattableString.Invariant($"page {pages++}"), more: true);
        var report = await world.CompareChangesAsync();
        (report.Outcome, report.Reason).ShouldBe((ReconciliationOutcome.Abandoned, "the target cannot tell what changed: it tells changes without end, 1000 pages so far"));
        (await FollowedAsync(world)).ReadEverything.ShouldBeTrue();
    }

    [Fact]
    public async Task A_dry_run_leaves_the_place_where_it_was_and_its_plan_is_applied_exactly_or_not_at_all()
    {
        await using var world = await ComparedAsync(new ReconcileConfiguration());
        world.Change(1, a => a with { Active = false });
        var place = await FollowedAsync(world);
        var plan = await world.CompareChangesAsync(dryRun: true);
        (await FollowedAsync(world)).Cursor.ShouldBe(place.Cursor);
        world.Change(2, a => a with { Active = false });
        var refused = await ApplyAsync(world, plan.PlanHash!);
        (refused.Outcome, (await world.OpenAsync()).Count).ShouldBe((ReconciliationOutcome.Abandoned, 0));

        plan = await world.CompareChangesAsync(dryRun: true);
        (await ApplyAsync(world, plan.PlanHash!)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.LastAsync()).Mode.ShouldBe(ReconciliationMode.Changes);
        (await FollowedAsync(world)).Cursor.ShouldNotBe(place.Cursor);
        await world.SettleAsync();
        (world.Target().Native[Key(1)].Active, world.Target().Native[Key(2)].Active).ShouldBe((true, true));
    }

    [Fact]
    public async Task A_complete_dry_run_begins_nothing_that_changes_could_be_followed_from()
    {
        await using var world = new ComparedWorld(OnlyReported);
        await world.HireAsync(3);
        await world.CompareAsync(dryRun: true);
        (await world.Stores.Reconciliations.FindChangesAsync(Everyone, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Who_was_at_work_is_looked_at_again_by_the_next_one_though_nothing_tells_of_them_any_more()
    {
        await using var world = await ComparedAsync(OnlyReported);
        world.Change(0, a => a with { Active = false });
        var released = new TaskCompletionSource();
        world.World.Script.On = call => call is { Target: Some, Operation: "update" } && call.Mark == Id(0) ? Behaviour.Hold(released.Task) : Behaviour.Obey;
        var renamed = world.World.Hr(Name(0), 2, "Finance");
        await world.World.Stores.Inbox.AcceptAsync([renamed with { Data = new Dictionary<string, string>(renamed.Data) { ["displayName"] = "Another Name" } }], CancellationToken.None);
        await world.World.Mesh.SweepOnceAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (world.Target().Native[Key(0)].Attributes["displayName"] != "Another Name")
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await world.CompareChangesAsync();
        (await world.LastAsync()).InFlight.ShouldBe(1);
        released.SetResult();
        await world.World.SettleAsync();
        await world.World.EndRunsAsync();
        await world.CompareChangesAsync();
        (await world.LastAsync()).Accounts.ShouldBe(0, "nothing of them is told any more");
        (await world.FoundAsync()).ShouldBe([Line(Id(0), DriftKind.Status)]);
    }

    [Fact]
    public async Task A_row_that_says_where_to_go_on_and_is_damaged_is_as_good_as_none()
    {
        await using var world = await ComparedAsync(OnlyReported);
        await world.World.Rows.CommitAsync(
            new RowBatch(TableNames.Reconciliations, KeyText.Encode(Everyone), RowWrite.Put("changes", "x"u8.ToArray())), CancellationToken.None);
        (await world.CompareChangesAsync()).Reason!.ShouldContain("a complete comparison must come through first");
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
    }

    [Fact]
    public async Task Given_up_after_its_read_it_leaves_the_same_changes_to_the_next()
    {
        await using var world = await ComparedAsync(OnlyReported);
        world.Change(1, a => a with { Active = false });
        world.World.Script.On = call => call.Operation == "find" ? Behaviour.Fail(FailureKind.Unauthorised) : Behaviour.Obey;
        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        world.World.Script.On = _ => Behaviour.Obey;
        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.FoundAsync()).ShouldBe([Line(Id(1), DriftKind.Status)]);
    }

    [Fact]
    public async Task What_changes_while_a_complete_comparison_reads_is_found_by_the_next_one_of_changes()
    {
        await using var world = new ComparedWorld(OnlyReported);
        await world.HireAsync(9);
        world.Paged(Everyone).OnPage = (_, page) =>
        {
            if (page.NextToken is null)
            {
                world.Change(0, a => a with { Active = false });
            }

            return page;
        };
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.FoundAsync()).ShouldBeEmpty("it was read before");
        await world.CompareChangesAsync();
        (await world.FoundAsync()).ShouldBe([Line(Id(0), DriftKind.Status)]);
    }

    [Fact]
    public async Task By_schedule_a_complete_comparison_takes_the_place_of_one_of_changes_that_could_not_be_and_then_changes_are_followed_again()
    {
        var every = CronExpression.Parse("*/5 * * * *", out _);
        await using var world = await ComparedAsync(OnlyReported with { Schedule = CronExpression.Parse("0 3 * * *", out _), Changes = every });
        var timer = new ReconcileTimer(world.World.Configuration, world.Stores, world.World.Mesh.Reconciliations, NullLogger.Instance);
        await timer.RunAsync(CancellationToken.None);
        world.Target().Listing.KeptChanges = 0;
        world.Change(1, a => a with { Active = false });
        (await NextAsync(world, timer)).ShouldBe((ReconciliationMode.Changes, ReconciliationOutcome.Abandoned));
        world.Target().Listing.KeptChanges = int.MaxValue;
        (await NextAsync(world, timer)).ShouldBe((ReconciliationMode.Complete, ReconciliationOutcome.Completed));
        (await world.FoundAsync()).ShouldBe([Line(Id(1), DriftKind.Status)]);
        (await world.LastAsync()).Note.ShouldBe("in place of changes: the target cannot tell what changed: the cursor is forgotten");
        (await NextAsync(world, timer)).ShouldBe((ReconciliationMode.Changes, ReconciliationOutcome.Completed));
    }

    [Fact]
    public async Task A_complete_comparison_in_place_of_changes_that_is_given_up_is_not_begun_over_and_over()
    {
        var every = CronExpression.Parse("*/5 * * * *", out _);
        await using var world = await ComparedAsync(OnlyReported with { Schedule = CronExpression.Parse("0 3 * * *", out _), Changes = every });
        var timer = new ReconcileTimer(world.World.Configuration, world.Stores, world.World.Mesh.Reconciliations, NullLogger.Instance);
        await timer.RunAsync(CancellationToken.None);
        world.Target().Listing.KeptChanges = 0;
        world.Change(1, a => a with { Active = false });
        await NextAsync(world, timer);
        world.Paged(Everyone).OnPage = (_, page) => page with { Items = [], NextToken = null };
        (await NextAsync(world, timer)).ShouldBe((ReconciliationMode.Complete, ReconciliationOutcome.Abandoned));
        world.World.Clock.Advance(TimeSpan.FromMinutes(5));
        (await timer.RunAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_target_that_never_can_tell_is_compared_whole_for_that_once()
    {
        var every = CronExpression.Parse("*/5 * * * *", out _);
        await using var world = await ComparedAsync(OnlyReported with { Schedule = CronExpression.Parse("0 3 * * *", out _), Changes = every });
        var timer = new ReconcileTimer(world.World.Configuration, world.Stores, world.World.Mesh.Reconciliations, NullLogger.Instance);
        await timer.RunAsync(CancellationToken.None);
        world.Paged(Everyone).OnChanges = cursor => cursor is null ? null : ChangePage.Everything("the filter is not honoured");
        (await NextAsync(world, timer)).ShouldBe((ReconciliationMode.Changes, ReconciliationOutcome.Abandoned));
        (await NextAsync(world, timer)).ShouldBe((ReconciliationMode.Complete, ReconciliationOutcome.Completed));
        (await NextAsync(world, timer)).ShouldBe((ReconciliationMode.Changes, ReconciliationOutcome.Abandoned));
        world.World.Clock.Advance(TimeSpan.FromMinutes(5));
        (await timer.RunAsync(CancellationToken.None)).ShouldBeEmpty();

        // After the next complete one it is tried again, and once it can tell, it is as if nothing had been.
        await world.CompareAsync();
        world.Paged(Everyone).OnChanges = _ => null;
        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await FollowedAsync(world)).Losses.ShouldBe(0);
    }

    /// <summary>Lets the next time of changes come; answers what was begun then and how it ended.</summary>
    static async Task<(ReconciliationMode Mode, ReconciliationOutcome Outcome)> NextAsync(ComparedWorld world, ReconcileTimer timer)
    {
        world.World.Clock.Advance(TimeSpan.FromMinutes(5));
        var start = (await timer.RunAsync(CancellationToken.None)).ShouldHaveSingleItem();
        var report = await world.EndAsync(start.Run);
        return (start.Mode, report.Outcome);
    }

    static async Task<FollowedChanges> FollowedAsync(ComparedWorld world) => (await world.Stores.Reconciliations.FindChangesAsync(Everyone, CancellationToken.None))!;

    static async Task<ReconcileReport> ApplyAsync(ComparedWorld world, string planHash)
    {
        var answer = await world.World.Mesh.Reconciliations.ApplyAsync(Everyone, planHash, "ops", CancellationToken.None);
        answer.Decision.ShouldBe(ReconciliationDecision.Started, answer.Reason);
        return await world.EndAsync(answer.Run!);
    }
}
