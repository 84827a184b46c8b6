using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Tests.Configuration;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Policy;

public sealed class RulePolicyTests
{
    static readonly RulePolicy Small = new(MeshYaml.Load(MeshYaml.Small));

    static readonly PolicyRequest Ask = new()
    {
        Operation = "grant",
        Target = "saas",
        Entitlement = "finance",
        Risk = "low",
        IdentityId = "hr:101",
        Inputs = new Dictionary<string, string> { ["kind"] = "person", ["department"] = "Finance" },
    };

    [Fact]
    public void A_rule_that_matches_decides_and_gives_its_reason()
    {
        var decision = Small.Decide(Ask);

        decision.Allow.ShouldBeTrue();
        decision.Rule.ShouldBe("low-risk");
        decision.Reason.ShouldBe("Small.");
        decision.PolicyVersion.ShouldBe("7");
        decision.Request.ShouldBe(Ask);
    }

    [Fact]
    public void The_first_rule_that_matches_decides()
    {
        var decision = Small.Decide(Ask with { Entitlement = "secrets" });

        decision.Allow.ShouldBeFalse();
        decision.Rule.ShouldBe("no-secrets");
        decision.Reason.ShouldBe("By hand alone.");
    }

    [Theory]
    [InlineData("deny", false)]
    [InlineData("allow", true)]
    public void Without_a_rule_the_default_decides(string written, bool allow)
    {
        var policy = new RulePolicy(MeshYaml.Load(MeshYaml.With(("default: deny", "default: " + written))));

        var decision = policy.Decide(Ask with { Risk = "high" });

        decision.Allow.ShouldBe(allow);
        decision.Rule.ShouldBe(RulePolicy.DefaultRule);
        decision.Reason.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("revoke")]
    [InlineData("revokeAll")]
    [InlineData("revokeSessions")]
    [InlineData("prove")]
    [InlineData("deleteCreated")]
    public void Taking_away_is_always_allowed(string operation)
    {
        var denyAll = MeshYaml.With(("{ name: no-secrets, effect: deny, when: { entitlement: secrets }, reason: By hand alone. }", "{ name: none, effect: deny, reason: Frozen. }"));

        var decision = new RulePolicy(MeshYaml.Load(denyAll)).Decide(Ask with { Operation = operation });

        decision.Allow.ShouldBeTrue();
        decision.Rule.ShouldBe(RulePolicy.TakingAwayRule);
    }

    [Theory]
    [InlineData("grant")]
    [InlineData("create")]
    [InlineData("enable")]
    [InlineData("update")]
    [InlineData("delete")]
    [InlineData("Revoke")]
    [InlineData("something")]
    public void Nothing_else_gets_by_as_taking_away(string operation) =>
        Small.Decide(Ask with { Operation = operation, Risk = null, Inputs = new Dictionary<string, string>() }).Allow.ShouldBeFalse();

    [Fact]
    public void An_attribute_cannot_stand_in_for_the_risk()
    {
        var request = Ask with { Risk = "high", Inputs = new Dictionary<string, string> { ["risk"] = "low", ["operation"] = "revoke" } };

        Small.Decide(request).Allow.ShouldBeFalse();
    }

    [Fact]
    public void The_same_request_gets_the_same_decision_whatever_was_asked_between() =>
        Prop.ForAll(Requests().Two().ToArbitrary(), asked =>
        {
            var (first, between) = asked;
            var before = JsonSerializer.Serialize(Small.Decide(first), MeshJson.Options);
            Small.Decide(between);
            var again = first with { Inputs = first.Inputs.Reverse().ToDictionary() };
            var after = new RulePolicy(MeshYaml.Load(MeshYaml.Small)).Decide(again) with { Request = first };
            return before == JsonSerializer.Serialize(after, MeshJson.Options);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Different_requests_have_different_ids() =>
        Prop.ForAll(Requests().Two().ToArbitrary(), asked =>
            Same(asked.Item1, asked.Item2) == (Small.Decide(asked.Item1).Id == Small.Decide(asked.Item2).Id)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_recorded_decision_can_be_decided_again_from_what_it_holds() =>
        Prop.ForAll(Requests().ToArbitrary(), request =>
        {
            var recorded = JsonSerializer.SerializeToUtf8Bytes(Small.Decide(request), MeshJson.Options);
            var read = JsonSerializer.Deserialize<PolicyDecision>(recorded, MeshJson.Options)!;
            return JsonSerializer.SerializeToUtf8Bytes(Small.Decide(read.Request), MeshJson.Options).SequenceEqual(recorded);
        }).QuickCheckThrowOnFailure();

    static bool Same(PolicyRequest left, PolicyRequest right) =>
        left with { Inputs = right.Inputs } == right && left.Inputs.OrderBy(i => i.Key).SequenceEqual(right.Inputs.OrderBy(i => i.Key));

    static Gen<PolicyRequest> Requests() =>
        from operation in Gen.Elements("create", "grant", "revoke", "update")
        from target in Gen.Elements("saas", "warehouse")
        from entitlement in Gen.Elements(null, "finance", "secrets")
        from risk in Gen.Elements(null, "low", "high")
        from identity in Gen.Elements("hr:1", "hr:2")
        from kind in Gen.Elements("person", "agent")
        from department in Gen.Elements("IT", "Finance", "")
        select new PolicyRequest
        {
            Operation = operation,
            Target = target,
            Entitlement = entitlement,
            Risk = risk,
            IdentityId = identity,
            Inputs = new Dictionary<string, string> { ["kind"] = kind, ["department"] = department },
        };
}
