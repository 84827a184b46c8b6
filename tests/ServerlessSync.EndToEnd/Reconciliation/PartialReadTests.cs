using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>
/// Row 15 of the fault matrix: a target that shows nothing, too little, or fails halfway. Whatever it really holds, the comparison ends with the
/// reason, nothing is opened, nothing is settled, nothing is done.
/// </summary>
public sealed class PartialReadTests
{
    const int People = 30;

    [Fact]
    public Task An_empty_page_where_the_record_expects_accounts_ends_the_comparison() =>
        RefuseAsync((_, _) => new Page<TargetAccount>([], null), "shows no account");

    [Fact]
    public Task A_page_that_is_short_and_says_it_is_the_last_ends_the_comparison() =>
        RefuseAsync((_, page) => Holds(page, 11) ? page with { NextToken = null } : page, "12 of our accounts and the record expects 30");

    [Fact]
    public Task Pages_that_leave_items_out_end_the_comparison() =>
        RefuseAsync((_, page) => page with { Items = [.. page.Items.Take(2)] }, "20 of our accounts and the record expects 30");

    [Fact]
    public async Task A_target_that_fails_on_its_seventh_page_for_good_is_tried_again_in_bounds_and_ends_the_comparison()
    {
        var failed = 0;
        await RefuseAsync(
            (_, page) => Holds(page, 18) && Interlocked.Increment(ref failed) > 0
                ? throw new ConnectorException("t1", FailureKind.Transient, "500 on page 7") : page,
            "500 on page 7");
        failed.ShouldBe(3, "attempts at that page alone, whatever was read before it");
    }

    [Fact]
    public async Task A_target_that_fails_on_its_seventh_page_once_is_compared()
    {
        await using var world = new ComparedWorld(ComparedWorld.OnlyReported);
        await world.HireAsync(People);
        world.Change(20, a => a with { Active = false });
        var failed = false;
        world.Paged(ComparedWorld.Everyone).OnPage = (number, page) =>
            number == 7 && !failed && (failed = true) ? throw new ConnectorException("t1", FailureKind.Transient, "500 on page 7") : page;
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        failed.ShouldBeTrue();
        (await world.FoundAsync()).ShouldBe([ComparedWorld.Line(ComparedWorld.Id(20), DriftKind.Status)]);
    }

    [Fact]
    public async Task A_target_each_page_of_which_fails_once_is_compared()
    {
        await using var world = new ComparedWorld(ComparedWorld.OnlyReported);
        await world.HireAsync(People);
        world.Change(20, a => a with { Active = false });
        var failed = new HashSet<string>();
        world.Paged(ComparedWorld.Everyone).OnPage = (_, page) =>
            failed.Add(page.Items[0].Key) ? throw new ConnectorException("t1", FailureKind.Transient, "500 once") : page;
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        failed.Count.ShouldBeGreaterThan(9, "more than there are attempts at one call");
        (await world.FoundAsync()).ShouldBe([ComparedWorld.Line(ComparedWorld.Id(20), DriftKind.Status)]);
    }

    [Fact]
    public Task A_token_that_comes_again_ends_the_comparison()
    {
        string? second = null;
        return RefuseAsync(
            (_, page) =>
            {
                second ??= page.NextToken;
                return page.NextToken is null ? page with { NextToken = second } : page;
            },
            "page token again");
    }

    [Fact]
    public async Task A_target_that_can_never_go_on_to_the_end_is_read_anew_some_times_and_ends_the_comparison()
    {
        await using var world = new ComparedWorld(ComparedWorld.OnlyReported);
        await world.HireAsync(People);
        world.Change(3, a => a with { Active = false });
        foreach (var list in new[] { ListKind.Accounts, ListKind.Grants, ListKind.Credentials })
        {
            var asked = 0;
            world.Target().Listing.On = page => page.List == list && ++asked > 0 ? PageFault.Incomplete : PageFault.None;
            var report = await world.CompareAsync();
            report.Outcome.ShouldBe(ReconciliationOutcome.Abandoned, list.ToString());
            report.Reason!.ShouldEndWith("scripted failure of a page, begun 4 times");
            asked.ShouldBe(4);
            (await world.OpenAsync()).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_target_that_is_too_busy_to_be_read_to_the_end_is_read_anew_and_what_was_read_before_does_not_count()
    {
        await using var world = new ComparedWorld(ComparedWorld.OnlyReported);
        await world.HireAsync(People);
        world.Change(3, a => a with { Active = false });
        world.Target().PutNatively("a-stranger-who-goes", Native.Unmarked);

        // The failure comes when two calls have written what they read.
        world.Paged(ComparedWorld.Everyone).Padding = 40;
        foreach (var (list, last) in new[] { (ListKind.Accounts, 8), (ListKind.Grants, 8), (ListKind.Credentials, 1) })
        {
            var failed = 0;
            world.Target().Listing.On = page =>
            {
                if (page.List != list || page.Number != last || failed == 3)
                {
                    return PageFault.None;
                }

                failed++;
                world.Target().RemoveNatively("a-stranger-who-goes");
                return PageFault.Incomplete;
            };
            var report = await world.CompareAsync();
            (report.Outcome, failed).ShouldBe((ReconciliationOutcome.Completed, 3), $"{list}: {report.Reason}");
            (await world.FoundAsync()).ShouldBe([ComparedWorld.Line(ComparedWorld.Id(3), DriftKind.Status)]);
            (await world.LastAsync()).ShouldSatisfyAllConditions(run => run.Accounts.ShouldBe(People), run => run.Rights.ShouldBe(50));
        }
    }

    [Fact]
    public Task Accounts_that_come_twice_in_numbers_end_the_comparison() =>
        RefuseAsync((_, page) => page with { Items = [.. page.Items, page.Items[0]] }, "twice");

    [Fact]
    public async Task An_account_that_moved_while_it_was_read_and_comes_twice_is_looked_at_again()
    {
        await using var world = new ComparedWorld(ComparedWorld.OnlyReported);
        await world.HireAsync(People);
        world.Change(3, a => a with { Active = false });
        world.Paged(ComparedWorld.Everyone).OnPage = (_, page) => Holds(page, 3) ? page with { Items = [.. page.Items, .. page.Items] } : page;
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Completed, report.Reason);
        (await world.FoundAsync()).ShouldBe([ComparedWorld.Line(ComparedWorld.Id(3), DriftKind.Status)]);
    }

    [Fact]
    public async Task What_an_earlier_comparison_suspected_is_forgotten_by_the_next_one_even_when_that_reaches_nobody()
    {
        await using var world = new ComparedWorld(ComparedWorld.OnlyReported);
        await world.HireAsync(People);
        world.Change(3, a => a with { Active = false });
        await world.CompareAsync();
        world.Paged(ComparedWorld.Everyone).Unreached = true;
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        (await world.Stores.Suspects.ReadAsync(ComparedWorld.Everyone, 1, null, CancellationToken.None).AnyAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_target_that_shows_no_right_at_all_is_not_believed()
    {
        await using var world = new ComparedWorld(ComparedWorld.OnlyReported);
        await world.HireAsync(People);
        world.Change(3, a => a.Plus("group:Odd"));
        world.Target().Listing.On = page => page.List == ListKind.Grants ? PageFault.End : PageFault.None;
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        report.Reason.ShouldBe("the target shows no right, and the record expects 50");
    }

    [Fact]
    public Task A_refused_credential_ends_the_comparison_at_once() =>
        RefuseAsync((_, _) => throw new ConnectorException("t1", FailureKind.Unauthorised, "the token was refused"), "token was refused");

    [Fact]
    public async Task A_target_that_shrank_since_the_last_whole_comparison_ends_the_next_one()
    {
        await using var world = new ComparedWorld(ComparedWorld.OnlyReported);
        await world.HireAsync(People);
        for (var foreign = 0; foreign < 50; foreign++)
        {
            world.Target().PutNatively(FormattableString.Invariant($"zz{foreign:d3}"), Native.Unmarked);
        }

        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.OpenAsync()).Count.ShouldBe(50);
        world.Paged(ComparedWorld.Everyone).OnPage = (_, page) => page with { Items = [.. page.Items.Where(a => a.OwnerMark is not null)] };
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        report.Reason!.ShouldContain("comparison 1 saw 80");
        (await world.OpenAsync()).Count.ShouldBe(50, "nothing is settled by a read that is not whole");
    }

    static bool Holds(Page<TargetAccount> page, int person) => page.Items.Any(account => account.Key == ComparedWorld.Key(person));

    static async Task RefuseAsync(Func<int, Page<TargetAccount>, Page<TargetAccount>> pages, string reason)
    {
        await using var world = new ComparedWorld(ComparedWorld.OnlyReported with { LeastRead = 90 });
        await world.HireAsync(People);
        world.Change(3, a => a with { Active = false });
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        var before = (world.World.Standing(), (await world.OpenAsync()).Count);
        before.Count.ShouldBe(1);

        // What it found before is gone, and other drift is there: a comparison that believed the read would settle the one and open the other.
        world.Change(3, a => a with { Active = true });
        world.Change(4, a => a with { Active = false });
        var (standing, effects) = (world.World.Standing(), world.World.Script.Effects.Count);
        world.Paged(ComparedWorld.Everyone).OnPage = pages;
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        report.Reason!.ShouldContain(reason);
        world.World.Standing().ShouldBe(standing);
        world.World.Script.Effects.Count.ShouldBe(effects);
        (await world.OpenAsync()).ShouldHaveSingleItem().IdentityId.ShouldBe(ComparedWorld.Id(3));
        var told = (await world.World.ExceptionsAsync()).ShouldHaveSingleItem();
        told.Target.ShouldBe(ComparedWorld.Everyone);
        told.Reason.ShouldContain(reason);

        // The next good one settles what operators were told.
        world.Paged(ComparedWorld.Everyone).OnPage = (_, page) => page;
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.World.ExceptionsAsync()).ShouldBeEmpty();
        (await world.OpenAsync()).ShouldHaveSingleItem().IdentityId.ShouldBe(ComparedWorld.Id(4));
    }
}
