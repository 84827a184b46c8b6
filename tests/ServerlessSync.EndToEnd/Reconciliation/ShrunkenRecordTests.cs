using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>A record that is empty, or has lost much, calls nobody a stranger and settles nothing; a few accounts are too few for a share of them.</summary>
public sealed class ShrunkenRecordTests
{
    [Fact]
    public async Task An_empty_record_ends_the_comparison_and_calls_nobody_a_stranger()
    {
        await using var world = new ComparedWorld();
        await world.World.StartAsync();
        foreach (var person in Enumerable.Range(0, 3))
        {
            world.Target().PutNatively(Key(person), Native.Marked(Id(person)));
        }

        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        report.Reason.ShouldBe("the record knows nobody, and the target shows 3 accounts");
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_record_that_expects_far_less_than_the_last_time_ends_the_comparison_and_settles_nothing()
    {
        await using var world = new ComparedWorld(OnlyReported);
        await world.HireAsync(30);
        world.Change(3, a => a with { Active = false });
        await world.CompareAsync();
        foreach (var person in Enumerable.Range(0, 10))
        {
            var lost = new RowBatch(TableNames.Identities, Id(person), RowWrite.Delete("record"));
            (await world.World.Rows.CommitAsync(lost, CancellationToken.None)).Committed.ShouldBeTrue();
        }

        var report = await world.CompareAsync();
        report.Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        report.Reason.ShouldBe("the record expects 20 accounts, comparison 1 expected 30: less than 80%");
        (await world.OpenAsync()).ShouldHaveSingleItem().IdentityId.ShouldBe(Id(3));
    }

    [Fact]
    public async Task One_account_of_four_that_is_gone_is_drift_and_no_read_that_was_cut_short()
    {
        await using var world = new ComparedWorld();
        await world.HireAsync(4);
        await world.CompareAsync();
        world.Target().RemoveNatively(Key(2));
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.FoundAsync()).ShouldBe([Line(Id(2), DriftKind.Missing)]);
        await world.SettleAsync();
        world.Target().Native[Key(2)].Active.ShouldBeTrue();
    }

    [Fact]
    public async Task An_item_whose_identity_has_no_record_is_not_settled_by_that()
    {
        await using var world = new ComparedWorld(OnlyReported);
        await world.HireAsync(30);
        world.Change(3, a => a with { Active = false });
        await world.CompareAsync();
        await world.World.Rows.CommitAsync(new RowBatch(TableNames.Identities, Id(3), RowWrite.Delete("record")), CancellationToken.None);
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.OpenAsync()).Select(item => item.IdentityId ?? item.AccountKey).ShouldBe([Id(3), Key(3)], ignoreOrder: true);
    }
}
