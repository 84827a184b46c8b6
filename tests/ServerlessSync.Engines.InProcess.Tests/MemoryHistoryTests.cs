namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>What the engine relies on in the history that lies in memory.</summary>
public sealed class MemoryHistoryTests
{
    readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Another_owner_waits_until_the_lease_was_not_renewed_for_its_time()
    {
        var held = new MemoryWorkflowHistory(_clock);
        await held.AcquireAsync(MemoryEngine.Owner, TimeSpan.FromSeconds(10), Scenario.Soon());
        var other = held.OpenAnother();
        var acquire = other.AcquireAsync(new("elsewhere", 2, 2), TimeSpan.FromSeconds(10), Scenario.Soon());
        await held.RenewAsync(Scenario.Soon());
        _clock.Advance(TimeSpan.FromSeconds(10));
        acquire.IsCompleted.ShouldBeFalse();
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(10), Scenario.Soon());
        _clock.Advance(TimeSpan.FromSeconds(10));
        await acquire;
        (await Should.ThrowAsync<StoreException>(() => held.RenewAsync(Scenario.Soon()))).Failure.ShouldBe(StoreFailure.Fenced);
    }

    [Fact]
    public async Task A_turn_that_does_not_follow_the_one_before_is_fenced()
    {
        var history = new MemoryWorkflowHistory(_clock);
        await history.AcquireAsync(MemoryEngine.Owner, TimeSpan.FromSeconds(10), Scenario.Soon());
        var instance = new WorkflowInstance
        {
            InstanceId = "x", Name = "w", Version = "1", Status = WorkflowStatus.Pending, CreatedAt = _clock.GetUtcNow(), LastUpdatedAt = _clock.GetUtcNow(),
        };
        (await history.CreateAsync(new(instance, []), Scenario.Soon())).ShouldBeTrue();
        (await history.CreateAsync(new(instance, []), Scenario.Soon())).ShouldBeFalse();
        var turn = new TurnCommit { Instance = instance, ExpectedEvents = 0, NewEvents = ["{}"u8.ToArray()] };
        await history.CommitTurnAsync(turn, Scenario.Soon());
        (await Should.ThrowAsync<StoreException>(() => history.CommitTurnAsync(turn, Scenario.Soon()))).Failure.ShouldBe(StoreFailure.Fenced);
    }
}
