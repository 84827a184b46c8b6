using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Drift.DriftStage;

namespace ServerlessSync.EndToEnd.Drift;

/// <summary>What a person may decide about drift: mend it, take it into the record as far as policy and authority let them, or leave it.</summary>
public sealed class DecisionTests
{
    internal const string AcceptTitle = "{ name: titles, effect: allow, when: { operation: accept, attribute: title, target: t1 }, reason: Titles may be kept where people edit them. }";

    static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Drift_somebody_was_asked_about_is_mended_when_they_decide_so()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        world.Tamper("t1", Ada, a => a with { Active = false });
        await world.FindDriftAsync("ada", DriftKind.Status, state: DriftState.Asked);

        var answer = await DecideAsync(world, DriftDecision.Remediate);

        answer.Outcome.ShouldBe(DriftDecisionOutcome.Taken);
        (await world.MendToTheEndAsync()).State.ShouldBe(DriftState.Settled);
        world.Targets["t1"].Native[Ada].Active.ShouldBeTrue();
        (await DecideAsync(world, DriftDecision.Remediate)).Outcome.ShouldBe(DriftDecisionOutcome.Changed);
    }

    [Fact]
    public async Task A_mending_that_failed_once_is_tried_again_when_somebody_decides_so()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        world.Tamper("t1", Ada, a => a with { Active = false });
        world.Script.On = call => call.Operation == "enable" ? TestKit.Scripted.Behaviour.Fail(Connectors.FailureKind.Rejected) : TestKit.Scripted.Behaviour.Obey;
        await world.FindDriftAsync("ada", DriftKind.Status);
        (await world.MendToTheEndAsync()).State.ShouldBe(DriftState.Held);
        world.Script.On = _ => TestKit.Scripted.Behaviour.Obey;

        await DecideAsync(world, DriftDecision.Remediate);
        (await world.MendToTheEndAsync()).Reason!.ShouldContain("is open", customMessage: "its exception is somebody's");
        var open = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        await world.Seen.Exceptions.SettleAsync(open.IdentityId, open.Id, "looked at", None);
        await DecideAsync(world, DriftDecision.Remediate);

        (await world.MendToTheEndAsync()).State.ShouldBe(DriftState.Settled);
    }

    [Fact]
    public async Task A_targets_value_is_taken_into_the_record_where_policy_allows_it_and_comes_to_the_other_targets()
    {
        await using var world = await MeshWorld.StartAsync(WithRule(AcceptTitle));
        await world.CarryAsync(world.Hr("ada", 1));
        world.Tamper("t1", Ada, a => a with { Attributes = new Dictionary<string, string>(a.Attributes) { ["title"] = "Countess" } });
        await world.FindDriftAsync("ada", DriftKind.Attribute, "title", state: DriftState.Asked, found: "Countess");
        var effects = world.Script.Effects.Count;

        var answer = await DecideAsync(world, DriftDecision.Accept);
        await world.MendToTheEndAsync();

        answer.Outcome.ShouldBe(DriftDecisionOutcome.Taken);
        var title = (await world.ViewAsync("ada"))!.Record.Attributes["title"];
        (title.Value, title.Source, title.State).ShouldBe(("Countess", "t1", AttributeState.Accepted));
        world.Targets.Values.ShouldAllBe(t => t.Native[Ada].Attributes["title"] == "Countess");
        world.Since(effects).ShouldBe(["t2 update"]);
        (await world.DriftAsync()).State.ShouldBe(DriftState.Settled);
        var trail = await Trail.ReadAsync(world.Rows, MeshWorld.IdOf("ada"));
        var told = trail.Single(e => e.Entry.Kind == AuditKind.Operator).Content;
        ((string?)told["decision"]!["decidedBy"], (string?)told["decided"]![0]!["rule"]).ShouldBe(("ops", "titles"));
        trail.Select(e => e.Entry.Id).ShouldBeUnique();
    }

    [Fact]
    public async Task What_policy_does_not_let_into_the_record_is_denied_with_rule_and_reason_and_nothing_changes()
    {
        await using var world = await MeshWorld.StartAsync(WithRule(AcceptTitle));
        await world.CarryAsync(world.Hr("ada", 1));
        await world.FindDriftAsync("ada", DriftKind.Attribute, "displayName", state: DriftState.Asked, found: "Eve");

        var answer = await DecideAsync(world, DriftDecision.Accept);

        answer.Outcome.ShouldBe(DriftDecisionOutcome.Refused);
        answer.Reason.ShouldBe("default: no rule matches and the default denies");
        (await world.ViewAsync("ada"))!.Record.Accepted("displayName").ShouldBe("Person ada");
        (await world.DriftAsync()).State.ShouldBe(DriftState.Asked);
        (await Trail.ReadAsync(world.Rows, MeshWorld.IdOf("ada"))).ShouldContain(e => e.Entry.Kind == AuditKind.Operator);
    }

    [Fact]
    public async Task An_attribute_whose_source_is_named_stays_that_sources_and_somebody_is_still_asked()
    {
        await using var world = await MeshWorld.StartAsync(WithRule("{ name: any, effect: allow, when: { operation: accept }, reason: All. }"));
        await world.CarryAsync(world.Hr("ada", 1));
        await world.FindDriftAsync("ada", DriftKind.Attribute, "department", state: DriftState.Reported, found: "Board");

        var answer = await DecideAsync(world, DriftDecision.Accept);

        answer.Reason.ShouldBe("department is hr's: the value is only proposed");
        (await world.ViewAsync("ada"))!.Record.Accepted("department").ShouldBe("IT");
        (await world.DriftAsync()).State.ShouldBe(DriftState.Asked);
    }

    [Theory]
    [InlineData(DriftKind.ExtraGrant, "group:Smuggled", "by an entitlement")]
    [InlineData(DriftKind.Status, "", "only attributes can")]
    [InlineData(DriftKind.Attribute, "userName", "belongs to one identity alone")]
    [InlineData(DriftKind.Attribute, "manager", "the record a person in a source")]
    public async Task What_is_no_plain_attribute_cannot_be_accepted_and_the_answer_says_why(DriftKind kind, string subject, string why)
    {
        await using var world = await MeshWorld.StartAsync(WithRule("{ name: any, effect: allow, when: { operation: accept }, reason: All. }"));
        await world.CarryAsync(world.Hr("ada", 1));
        await world.FindDriftAsync("ada", kind, subject, state: DriftState.Asked, found: "x");

        var answer = await DecideAsync(world, DriftDecision.Accept);

        answer.Outcome.ShouldBe(DriftDecisionOutcome.Refused);
        answer.Reason!.ShouldContain(why);
    }

    [Fact]
    public async Task What_is_ignored_is_not_opened_again_while_exactly_the_same_is_found_and_is_when_anything_differs()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        await world.FindDriftAsync("ada", DriftKind.Attribute, "title", state: DriftState.Asked, found: "Countess");

        (await DecideAsync(world, DriftDecision.Ignore)).Outcome.ShouldBe(DriftDecisionOutcome.Taken);
        world.Clock.Advance(TimeSpan.FromDays(1));
        var same = await world.FindDriftAsync("ada", DriftKind.Attribute, "title", found: "Countess");
        (same.State, same.Opening, same.Reason).ShouldBe((DriftState.Settled, 1, "ignored by ops: seen"));

        var other = await world.FindDriftAsync("ada", DriftKind.Attribute, "title", found: "Duchess");
        (other.State, other.Opening).ShouldBe((DriftState.Queued, 2));
        (await world.Seen.Drifts.ReadQueuedAsync("t1", None).ToListAsync()).ShouldHaveSingleItem().Opening.ShouldBe(2);
    }

    [Fact]
    public async Task Decisions_about_another_opening_an_unknown_drift_or_what_no_plan_can_mend_are_not_taken()
    {
        await using var world = await MeshWorld.StartAsync(Configuration);
        await world.CarryAsync(world.Hr("ada", 1));
        (await DecideAsync(world, DriftDecision.Ignore)).Outcome.ShouldBe(DriftDecisionOutcome.Unknown);
        await world.FindDriftAsync("ada", DriftKind.Duplicate, state: DriftState.Asked);

        (await DecideAsync(world, DriftDecision.Ignore, opening: 2)).Outcome.ShouldBe(DriftDecisionOutcome.Changed);
        (await DecideAsync(world, DriftDecision.Remediate)).Outcome.ShouldBe(DriftDecisionOutcome.Refused);
        (await world.DriftAsync()).State.ShouldBe(DriftState.Asked);
    }

    [Theory]
    [InlineData(DriftDecision.Accept)]
    [InlineData(DriftDecision.Ignore)]
    [InlineData(DriftDecision.Remediate)]
    public async Task What_changed_since_it_was_looked_at_is_not_decided_unseen(DriftDecision choice)
    {
        await using var world = await MeshWorld.StartAsync(WithRule("{ name: any, effect: allow, when: { operation: [accept, start] }, reason: All. }"));
        await world.CarryAsync(world.Hr("ada", 1));
        var seen = await world.FindDriftAsync("ada", DriftKind.Attribute, "title", state: DriftState.Asked, found: "Countess");
        var now = await world.FindDriftAsync("ada", DriftKind.Attribute, "title", state: DriftState.Asked, found: "Empress");
        var before = (await world.DriftAsync()).Edits;

        var answer = await DecideAsync(world, choice, seen.Fingerprint);

        answer.ShouldBe(new DriftDecisionAnswer(DriftDecisionOutcome.Changed, "what differs is not what was looked at; look at it again"));
        (await world.DriftAsync()).ShouldSatisfyAllConditions(d => d.State.ShouldBe(DriftState.Asked), d => d.Edits.ShouldBe(before));
        (await world.ViewAsync("ada"))!.Record.Attributes.ContainsKey("title").ShouldBeFalse();
        (await DecideAsync(world, choice, now.Fingerprint)).Outcome.ShouldBe(DriftDecisionOutcome.Taken);
    }

    [Theory]
    [InlineData(DriftDecision.Accept, DriftDecisionOutcome.Changed)]
    [InlineData(DriftDecision.Ignore, DriftDecisionOutcome.Changed)]
    [InlineData(DriftDecision.Remediate, DriftDecisionOutcome.Taken)]
    public async Task Only_who_has_it_mended_need_not_say_what_was_looked_at(DriftDecision choice, DriftDecisionOutcome outcome)
    {
        await using var world = await MeshWorld.StartAsync(WithRule("{ name: any, effect: allow, when: { operation: [accept, start] }, reason: All. }"));
        await world.CarryAsync(world.Hr("ada", 1));
        await world.FindDriftAsync("ada", DriftKind.Attribute, "title", state: DriftState.Asked, found: "Countess");

        (await DecideAsync(world, choice, findings: null)).Outcome.ShouldBe(outcome);
    }

    static async Task<DriftDecisionAnswer> DecideAsync(MeshWorld world, DriftDecision choice, long opening = 1) => await DecideAsync(
        world, choice, (await world.Seen.Drifts.FindAsync("t1", MeshWorld.IdOf("ada"), None))?.Fingerprint, opening);

    static Task<DriftDecisionAnswer> DecideAsync(MeshWorld world, DriftDecision choice, string? findings, long opening = 1) =>
        world.Mesh.DriftDecisions.DecideAsync(new DriftDecisionRequest("t1", MeshWorld.IdOf("ada"), null, opening, choice, "ops", "seen", findings), None);
}
