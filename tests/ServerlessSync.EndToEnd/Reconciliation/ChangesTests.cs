using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>Comparisons of what changed: what they find, what they leave to complete ones, and from where they go on.</summary>
public sealed class ChangesTests
{
    [Fact]
    public async Task What_changed_is_found_and_mended_and_what_is_as_it_should_be_is_passed_over()
    {
        await using var world = await ComparedAsync(new ReconcileConfiguration());
        world.Change(1, a => a with { Active = false });
        world.Change(2, a => a);
        world.Target().PutNatively("shadow", Native.Unmarked);
        var (pages, looks) = (world.Paged(Everyone).Pages, Looks(world));

        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);

        (await world.FoundAsync()).ShouldBe([Line(Id(1), DriftKind.Status), Line("shadow", DriftKind.Unowned)], ignoreOrder: true);
        var run = await world.LastAsync();
        (run.Mode, run.Accounts, run.Expected).ShouldBe((ReconciliationMode.Changes, 3, 9));
        world.Paged(Everyone).Pages.ShouldBe(pages, "no account was listed");
        LookedAt(world, looks).ShouldNotContain(Key(2));
        await world.SettleAsync();
        world.Target().Native[Key(1)].Active.ShouldBeTrue();
    }

    [Fact]
    public async Task Our_own_writes_come_back_as_changes_and_cost_no_second_look()
    {
        await using var world = await ComparedAsync(new ReconcileConfiguration());
        await world.World.CarryAsync(world.World.Hr(Name(0), 2, "IT"), world.World.Leaver(Name(1), 2), world.World.Hr("new", 1, "Sales"));
        await world.World.EndRunsAsync();
        var looks = Looks(world);

        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);

        (await world.LastAsync()).Accounts.ShouldBeGreaterThanOrEqualTo(3);
        (await world.FoundAsync()).ShouldBeEmpty();
        LookedAt(world, looks).ShouldBeEmpty();
    }

    [Fact]
    public async Task Deletions_and_rights_alone_are_left_to_the_complete_comparison()
    {
        await using var world = await ComparedAsync(OnlyReported);
        world.Target().RemoveNatively(Key(1));
        world.Change(2, a => a.Plus("group:Odd"));
        world.Change(3, a => a.Plus("group:Odd").Set("title", "Chief"));
        await world.CompareChangesAsync();
        (await world.FoundAsync()).ShouldBe([Line(Id(3), DriftKind.Attribute, "title"), Line(Id(3), DriftKind.ExtraGrant, "group:Odd")], ignoreOrder: true);

        await world.CompareAsync();
        (await world.FoundAsync()).ShouldContain(Line(Id(1), DriftKind.Missing));
        (await world.FoundAsync()).ShouldContain(Line(Id(2), DriftKind.ExtraGrant, "group:Odd"));
    }

    [Fact]
    public async Task What_it_does_not_see_it_neither_settles_nor_calls_gone()
    {
        await using var world = await ComparedAsync(OnlyReported);
        world.Change(1, a => a with { Active = false });
        await world.CompareAsync();
        world.Change(2, a => a with { Active = false });
        await world.CompareChangesAsync();
        (await world.OpenAsync()).Select(item => item.IdentityId).ShouldBe([Id(1), Id(2)], ignoreOrder: true);
        await world.CompareChangesAsync();
        (await world.OpenAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_complete_comparison_told_operators_is_settled_by_a_complete_one_alone()
    {
        await using var world = await ComparedAsync(OnlyReported);
        world.Paged(Everyone).OnPage = (_, page) => page with { Items = [], NextToken = null };
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        world.Paged(Everyone).OnPage = (_, page) => page;
        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.World.ExceptionsAsync()).ShouldHaveSingleItem().Reason.ShouldContain("shows no account");
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.World.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_target_that_shrank_is_measured_by_the_last_complete_comparison_whatever_came_between()
    {
        await using var world = await ComparedAsync(OnlyReported, people: 30);
        world.Change(1, a => a with { Active = false });
        await world.CompareChangesAsync();
        foreach (var person in Enumerable.Range(0, 10))
        {
            await world.World.Rows.CommitAsync(new RowBatch(TableNames.Identities, Id(person), RowWrite.Delete("record")), CancellationToken.None);
        }

        (await world.CompareAsync()).Reason.ShouldBe("the record expects 20 accounts, comparison 1 expected 30: less than 80%");
    }

    [Fact]
    public async Task What_comes_in_drops_passes_no_guard_that_it_would_not_pass_at_once()
    {
        var limits = new Dictionary<DriftKind, GuardConfiguration> { [DriftKind.Status] = new(Percent: 10, Count: 50, MinimumPopulation: 20) };
        await using var world = await ComparedAsync(new ReconcileConfiguration { Guards = limits }, people: 24);
        foreach (var person in Enumerable.Range(0, 2))
        {
            world.Change(person, a => a with { Active = false });
            (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
            await world.SettleAsync();
        }

        world.Change(2, a => a with { Active = false });
        var held = await world.CompareChangesAsync();
        (held.Outcome, held.Reason).ShouldBe((ReconciliationOutcome.Held, "status on t1 in 24 hours, 2 of them let through before: 3 of 24 > 10%"));
        world.Target().Native[Key(2)].Active.ShouldBeFalse();

        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.World.ExceptionsAsync()).ShouldHaveSingleItem("what is held stays told").Reason.ShouldContain("3 of 24");
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Held, "a complete one counts the same day");
        world.World.Clock.Advance(TimeSpan.FromHours(25));
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed, "one of 24 on another day");
    }

    [Fact]
    public async Task A_complete_comparison_waits_for_one_of_changes_that_was_faster()
    {
        await using var world = await ComparedAsync(OnlyReported);
        var (reached, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Paged(Everyone).OnChanges = cursor =>
        {
            if (cursor is not null)
            {
                reached.TrySetResult();
                released.Task.GetAwaiter().GetResult();
            }

            return null;
        };
        var changes = await world.BeginAsync(mode: ReconciliationMode.Changes);
        await reached.Task;
        var complete = await world.BeginAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!(world.World.Clock.NextTimer <= world.World.Clock.GetUtcNow() + TimeSpan.FromMinutes(1)))
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        // The clock stands still while the one of changes ends: moved on and on, the other would wait in vain for as long as it waits.
        released.SetResult();
        await world.World.Client.WaitForInstanceCompletionAsync(changes, limit.Token);
        (await world.EndAsync(changes)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.EndAsync(complete)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.LastAsync()).Mode.ShouldBe(ReconciliationMode.Complete);
    }

    static int Looks(ComparedWorld world) => world.World.Script.Calls.Count;

    /// <summary>Accounts of the target that were read one by one since.</summary>
    static IEnumerable<string> LookedAt(ComparedWorld world, int since) =>
        world.World.Script.Calls.Skip(since).Where(call => call is { Target: Everyone, Operation: "find" or "readGrants" }).Select(call => call.Mark);
}
