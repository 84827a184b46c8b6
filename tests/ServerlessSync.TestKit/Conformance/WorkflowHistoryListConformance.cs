using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using Shouldly;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>What every workflow history must do: its turns, its lists and its lease.</summary>
public abstract class WorkflowHistoryListConformance : WorkflowHistoryConformance
{
    /// <summary>False for a history that no second owner can reach, such as one in memory.</summary>
    protected virtual bool HasOtherOwners => true;

    async Task<string> List(WorkflowInstanceQuery query)
    {
        var ids = new List<string>();
        do
        {
            var page = await History.ListAsync(query, None);
            page.Instances.Count.ShouldBeLessThanOrEqualTo(query.PageSize);
            ids.AddRange(page.Instances.Select(i => i.InstanceId));
            query = query with { ContinuationToken = page.ContinuationToken };
        }
        while (query.ContinuationToken is not null);

        return string.Join(',', ids);
    }

    async Task End(string id, WorkflowStatus status) => await Commit(Turn(id, 0) with { Instance = Run(id, status) });

    [Fact]
    public async Task Unfinished_runs_are_read_in_order_and_ended_ones_are_left_out()
    {
        foreach (var id in (string[])["b", "a", "d", "c", "e", "f"])
        {
            await Create(id);
        }

        await End("a", WorkflowStatus.Completed);
        await End("c", WorkflowStatus.Failed);
        await End("f", WorkflowStatus.Terminated);
        await End("e", WorkflowStatus.Suspended);
        var ids = new List<string>();
        await foreach (var id in History.ReadUnfinishedAsync(None))
        {
            ids.Add(id);
        }

        ids.ShouldBe(["b", "d", "e"]);
    }

    [Fact]
    public async Task Pages_of_runs_follow_each_other_without_gap_or_repetition()
    {
        for (var i = 9; i >= 0; i--)
        {
            await Create($"r{i}");
        }

        foreach (var size in (int[])[1, 3, 5, 10, 100])
        {
            (await List(new() { PageSize = size })).ShouldBe("r0,r1,r2,r3,r4,r5,r6,r7,r8,r9");
        }

        (await History.ListAsync(new() { PageSize = 10 }, None)).ContinuationToken.ShouldBeNull();
    }

    [Fact]
    public async Task A_list_is_narrowed_by_prefix_status_and_time()
    {
        await Create("a1");
        await Create("b1");
        Clock.Advance(TimeSpan.FromMinutes(1));
        var minute = Clock.GetUtcNow();
        await Create("a2");
        await Create("a~3");
        await End("a2", WorkflowStatus.Completed);

        (await List(new() { InstanceIdPrefix = "a", PageSize = 1 })).ShouldBe("a1,a2,a~3");
        (await List(new() { InstanceIdPrefix = "" })).ShouldBe("a1,a2,a~3,b1");
        (await List(new() { InstanceIdPrefix = "A" })).ShouldBeEmpty();
        (await List(new() { InstanceIdPrefix = "\uffff" })).ShouldNotBeNull();
        (await List(new() { Statuses = [WorkflowStatus.Completed, WorkflowStatus.Failed] })).ShouldBe("a2");
        (await List(new() { Statuses = [WorkflowStatus.Running], PageSize = 1 })).ShouldBe("a1,a~3,b1");
        (await List(new() { CreatedFrom = minute })).ShouldBe("a2,a~3");
        (await List(new() { CreatedTo = minute - TimeSpan.FromTicks(1) })).ShouldBe("a1,b1");
    }

    [Fact]
    public async Task Inputs_and_outputs_are_listed_only_when_wanted()
    {
        await Create("r");
        var run = Run("r") with { Output = "1", CustomStatus = "2" };
        await Commit(Turn("r", 0) with { Instance = run });

        (await History.ListAsync(new() { FetchInputsAndOutputs = true }, None)).Instances.ShouldBe([run]);
        (await History.ListAsync(new(), None)).Instances.ShouldBe([run with { Input = null, Output = null, CustomStatus = null }]);
    }

    [Fact]
    public async Task A_purge_removes_what_ended_before_the_moment_and_nothing_else_a_bounded_number_at_a_time()
    {
        foreach (var id in (string[])["a", "b", "c", "d", "waiting", "suspended"])
        {
            await Create(id);
        }

        await History.AddMessageAsync("waiting", Bytes("m"), None);
        await Commit(Turn("a", 0, "e1", "e2") with { Instance = Run("a", WorkflowStatus.Completed) });
        await End("b", WorkflowStatus.Failed);
        await End("c", WorkflowStatus.Terminated);
        await End("suspended", WorkflowStatus.Suspended);
        Clock.Advance(TimeSpan.FromDays(30));
        await End("d", WorkflowStatus.Completed);

        (await History.PurgeAsync(Clock.GetUtcNow(), 2, None)).ShouldBe(2);
        (await History.PurgeAsync(Clock.GetUtcNow(), 2, None)).ShouldBe(1);
        (await History.PurgeAsync(Clock.GetUtcNow(), 2, None)).ShouldBe(0);

        (await List(new())).ShouldBe("d,suspended,waiting");
        (await Messages("waiting")).ShouldBe("m");
        (await History.GetAsync("a", None)).ShouldBeNull();
        (await History.AddMessageAsync("a", Bytes("m"), None)).Result.ShouldBe(SignalResult.NotFound);
        (await Create("a", "new")).ShouldBeTrue();
        (await Events("a")).ShouldBe("new");
    }

    [Fact]
    public async Task A_purge_leaves_an_ended_run_whose_parent_has_not_ended()
    {
        await Create("parent");
        await History.CreateAsync(new(Run("child", WorkflowStatus.Completed), [], "parent"), None);
        await History.CreateAsync(new(Run("orphan", WorkflowStatus.Completed), [], "gone"), None);
        Clock.Advance(TimeSpan.FromDays(1));

        (await History.PurgeAsync(Clock.GetUtcNow(), 10, None)).ShouldBe(1);
        (await List(new())).ShouldBe("child,parent");

        await End("parent", WorkflowStatus.Completed);
        Clock.Advance(TimeSpan.FromDays(1));
        (await History.PurgeAsync(Clock.GetUtcNow(), 10, None)).ShouldBe(2);
    }

    [Fact]
    public async Task A_released_lease_is_taken_at_once()
    {
        await History.ReleaseAsync(None);
        var next = await OpenAsync(Clock);

        await next.AcquireAsync(new("machine-b", 2, 2), LeaseTime, None);

        (await next.CreateAsync(new(Run("r"), []), None)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_lease_that_is_not_renewed_is_taken_after_one_lease_time_and_its_owner_is_fenced()
    {
        if (!HasOtherOwners)
        {
            return;
        }

        await Create("r");
        var next = await OpenAsync(Clock);
        await TakeOver(next);

        await ShouldBeFenced(() => Create("x"));
        await ShouldBeFenced(() => History.AddMessageAsync("r", Bytes("m"), None));
        await ShouldBeFenced(() => Commit(Turn("r", 0, "late")));
        await ShouldBeFenced(() => History.PurgeAsync(Clock.GetUtcNow(), 1, None));
        await ShouldBeFenced(() => History.RenewAsync(None));
        await ShouldBeFenced(() => History.ReleaseAsync(None));
        (await next.CommitTurnAsync(Turn("r", 0, "mine"), None)).ShouldBe(TurnReceipt.Empty);
        (await Events("r")).ShouldBe("mine");
    }

    [Fact]
    public async Task A_lease_that_is_renewed_is_not_taken()
    {
        if (!HasOtherOwners)
        {
            return;
        }

        var next = await OpenAsync(Clock);
        using var stop = new CancellationTokenSource();
        var waiting = next.AcquireAsync(new("machine-b", 2, 2), LeaseTime, stop.Token);
        for (var i = 0; i < 20; i++)
        {
            await Clock.WaitForTimerAsync(LeaseTime, None);
            await History.RenewAsync(None);
            Clock.Advance(LeaseTime / 3);
        }

        waiting.IsCompleted.ShouldBeFalse();
        (await Create("r")).ShouldBeTrue();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Writes_through_a_history_that_was_never_acquired_are_fenced()
    {
        if (!HasOtherOwners)
        {
            return;
        }

        var other = await OpenAsync(Clock);

        await ShouldBeFenced(() => other.CreateAsync(new(Run("r"), []), None));
    }

    static async Task ShouldBeFenced(Func<Task> write) =>
        (await Should.ThrowAsync<StoreException>(write)).Failure.ShouldBe(StoreFailure.Fenced);

    async Task TakeOver(IWorkflowHistory next)
    {
        var waiting = next.AcquireAsync(new("machine-b", 2, 2), LeaseTime, None);
        var waited = TimeSpan.Zero;
        while (!waiting.IsCompleted)
        {
            var timer = Clock.WaitForTimerAsync(LeaseTime, None);
            if (await Task.WhenAny(timer, waiting) == timer)
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
                waited += TimeSpan.FromSeconds(1);
            }
        }

        await waiting;
        waited.ShouldBeGreaterThanOrEqualTo(LeaseTime);
    }
}
