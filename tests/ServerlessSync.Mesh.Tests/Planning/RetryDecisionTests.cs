using FsCheck;
using FsCheck.Fluent;
using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Workflows.Change;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Planning;

public sealed class RetryDecisionTests
{
    static readonly RetrySchedule Schedule = new(5, TimeSpan.FromSeconds(1), 2, TimeSpan.FromSeconds(10));

    [Fact]
    public void A_wait_is_exponential_up_to_the_longest_less_up_to_a_fifth_and_always_the_same() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), ArbMap.Default.ArbFor<PositiveInt>(), (key, attempt) =>
        {
            var wait = RetryDecision.Wait(attempt.Get, Schedule, key.Get);
            var full = Math.Min(10_000, 1000 * Math.Pow(2, attempt.Get - 1));
            return wait == RetryDecision.Wait(attempt.Get, Schedule, key.Get)
                && wait.TotalMilliseconds >= Math.Floor(full * 0.8) && wait.TotalMilliseconds <= full;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(7, 7)]
    [InlineData(3600, 3600)]
    [InlineData(7200, 3600)]
    public void What_the_target_asks_for_is_honoured_up_to_an_hour(int asked, int waited) =>
        RetryDecision.Decide(FailureKind.Throttled, TimeSpan.FromSeconds(asked), 1, Schedule, "k").ShouldBe(new RetryDecision(true, TimeSpan.FromSeconds(waited)));

    [Theory]
    [InlineData(FailureKind.NotFound, 1, false)]
    [InlineData(FailureKind.Rejected, 1, false)]
    [InlineData(FailureKind.Unauthorised, 1, false)]
    [InlineData(FailureKind.Transient, 4, true)]
    [InlineData(FailureKind.Conflict, 4, true)]
    [InlineData(FailureKind.OutcomeUnknown, 4, true)]
    [InlineData(FailureKind.Throttled, 5, false)]
    public void Only_what_may_pass_is_tried_again_and_only_as_often_as_configured(FailureKind failure, int attempt, bool again) =>
        RetryDecision.Decide(failure, null, attempt, Schedule, "k").Again.ShouldBe(again);

    [Fact]
    public void Every_kind_of_failure_is_decided() =>
        Enum.GetValues<FailureKind>().ShouldAllBe(kind => RetryDecision.Decide(kind, null, 99, Schedule, "k").Again == false);
}
