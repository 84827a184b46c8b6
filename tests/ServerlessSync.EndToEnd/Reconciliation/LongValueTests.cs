using ServerlessSync.Mesh.Reconciliation;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>A drift shows the beginning of a long value; that is not the value.</summary>
public sealed class LongValueTests
{
    [Fact]
    public async Task A_value_that_is_too_long_to_be_shown_whole_cannot_be_accepted()
    {
        await using var world = new ComparedWorld(OnlyReported);
        await world.HireAsync(3);
        world.Change(0, a => a.Set("title", new string('x', 2_000)));
        await world.CompareAsync();
        var item = (await world.OpenAsync()).ShouldHaveSingleItem();
        item.Findings.ShouldHaveSingleItem().Found!.Length.ShouldBeLessThan(1_000);
        var accept = new DriftDecisionRequest(Everyone, Id(0), null, 1, DriftDecision.Accept, "ops", Findings: item.Fingerprint);
        var answer = await world.World.Mesh.DriftDecisions.DecideAsync(accept, CancellationToken.None);
        (answer.Outcome, answer.Reason).ShouldBe((DriftDecisionOutcome.Refused, "title cannot be accepted: its value is too long to be shown whole"));
    }
}
