using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>Targets that fail at some accounts for good, and reads that would never end.</summary>
public sealed class FailingAccountTests
{
    [Theory]
    [InlineData(FailureKind.Transient)]
    [InlineData(FailureKind.OutcomeUnknown)]
    public async Task An_account_at_which_the_target_always_fails_holds_up_nobody_else(FailureKind kind)
    {
        await using var world = await ComparedAsync(OnlyReported, people: 30);
        Disable(world, 1, 20, 21);
        FailAt(world, kind, 1);

        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);

        (await world.FoundAsync()).ShouldBe([Line(Id(20), DriftKind.Status), Line(Id(21), DriftKind.Status)]);
        var run = await world.LastAsync();
        (run.Unreadable, run.Reason).ShouldBe((1, "1 could not be read"));
    }

    [Fact]
    public async Task An_open_item_at_whose_account_the_target_always_fails_stays_and_others_are_settled()
    {
        await using var world = await ComparedAsync(OnlyReported);
        Disable(world, 1, 2, 3);
        await world.CompareAsync();
        foreach (var person in new[] { 1, 2, 3 })
        {
            world.Change(person, a => a with { Active = true });
        }

        FailAt(world, FailureKind.Transient, 2);
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.OpenAsync()).ShouldHaveSingleItem().IdentityId.ShouldBe(Id(2));
    }

    [Fact]
    public async Task A_target_that_fails_at_many_accounts_or_goes_away_ends_the_comparison()
    {
        await using var world = await ComparedAsync(OnlyReported);
        Disable(world, 1, 2, 3, 4, 5, 6, 7);
        FailAt(world, FailureKind.Transient, 1, 2, 3, 4, 5, 6);
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Abandoned);

        foreach (var person in new[] { 2, 3, 4, 5, 6, 7 })
        {
            world.Change(person, account => account with { Active = true });
        }

        world.World.Script.On = call =>
        {
            world.Paged(Everyone).Unreached = call.Operation is "find" or "readGrants";
            return world.Paged(Everyone).Unreached ? Behaviour.Fail(FailureKind.Transient) : Behaviour.Obey;
        };
        var report = await world.CompareAsync();
        (report.Outcome, report.Reason).ShouldBe((ReconciliationOutcome.Abandoned, "confirm: the connection was refused, 3 attempts"));
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_could_not_be_looked_at_is_looked_at_by_the_next_one_though_nothing_tells_of_them_any_more()
    {
        await using var world = await ComparedAsync(OnlyReported);
        Disable(world, 1);
        FailAt(world, FailureKind.Rejected, 1);
        await world.CompareChangesAsync();
        (await world.LastAsync()).Unreadable.ShouldBe(1);
        (await world.FoundAsync()).ShouldBeEmpty();

        world.World.Script.On = _ => Behaviour.Obey;
        await world.CompareChangesAsync();
        (await world.LastAsync()).Accounts.ShouldBe(0, "nothing of them is told any more");
        (await world.FoundAsync()).ShouldBe([Line(Id(1), DriftKind.Status)]);
    }

    [Fact]
    public async Task A_page_of_changes_that_fails_is_read_again_and_those_before_it_are_not()
    {
        await using var world = await ComparedAsync(OnlyReported);
        Disable(world, 1);
        var (begun, failed, read) = (string.Empty, 0, new List<string>());
        world.Paged(Everyone).OnChanges = cursor =>
        {
            begun = begun.Length == 0 ? cursor! : begun;
            read.Add(cursor!);
            return cursor switch
            {
                _ when cursor == begun => ChangePage.Changed([], "2", more: true),
                "2" or "3" when failed++ % 2 == 0 => throw new ConnectorException(Everyone, FailureKind.Transient, "500"),
                "2" => ChangePage.Changed([], "3", more: true),
                "3" => ChangePage.Changed([], begun, more: false),
                _ => null,
            };
        };

        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);

        read.ShouldBe([begun, "2", "2", "3", "3"]);
    }

    [Fact]
    public async Task A_target_that_always_has_one_page_more_ends_the_comparison()
    {
        await using var world = await ComparedAsync(OnlyReported);
        world.Paged(Everyone).Padding = 20_000;
        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        report.Reason!.ShouldStartWith("read-accounts: the target gave 10");
        report.Reason.ShouldEndWith("pages with 0 items and has more");
    }

    static void Disable(ComparedWorld world, params int[] people)
    {
        foreach (var person in people)
        {
            world.Change(person, a => a with { Active = false });
        }
    }

    static void FailAt(ComparedWorld world, FailureKind kind, params int[] people)
    {
        string[] keys = [.. people.Select(Key)];
        world.World.Script.On = call => call is { Target: Everyone, Operation: "find" } && keys.Contains(call.Mark) ? Behaviour.Fail(kind) : Behaviour.Obey;
    }
}
