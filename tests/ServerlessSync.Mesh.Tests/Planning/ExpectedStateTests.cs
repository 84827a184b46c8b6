using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Planning;

/// <summary>What a comparison expects is what a plan would bring about.</summary>
public sealed class ExpectedStateTests
{
    static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    static readonly Dictionary<string, string> NoManagers = [];

    static readonly MeshConfiguration Configuration = new HrYaml
    {
        Targets =
        [
            "t1: { connector: scim, url: \"https://t1.example/scim\", credential: env:T, scope: { department: [IT, Sales] }, stage: enforce, attributes: [displayName, department] }",
            "t2: { connector: scim, url: \"https://t2.example/scim\", credential: env:T, scope: { kind: person }, stage: observe, attributes: [displayName] }",
        ],
        Entitlements =
        [
            "{ name: it, when: { department: IT }, risk: low, grants: { t1: [\"group:IT\"] } }",
            "{ name: root, when: { department: IT }, risk: high, grants: { t1: [\"group:Root\"] } }",
        ],
        Rules = ["{ name: never, effect: deny, when: { risk: high }, reason: High risk is given by people. }", HrYaml.GiveAll],
    }.Load();

    [Fact]
    public void Somebody_in_scope_without_an_account_is_expected_to_get_one_with_what_policy_allows()
    {
        var expected = Expect(View(IdentityStatus.Active, "IT")).ShouldNotBeNull();
        (expected.Key, expected.UserName, expected.Active).ShouldBe((null, "ada@example.com", true));
        expected.Attributes.ShouldBe(new Dictionary<string, string> { ["displayName"] = "Ada", ["department"] = "IT" }, ignoreOrder: true);
        expected.Rights.ShouldBe(["group:IT"]);
    }

    [Fact]
    public void Somebody_out_of_scope_is_expected_to_have_no_account_or_a_disabled_one_without_rights()
    {
        Expect(View(IdentityStatus.Active, "Legal")).ShouldBeNull();
        var expected = Expect(View(IdentityStatus.Active, "Legal", AccountStatus.Active, "group:IT")).ShouldNotBeNull();
        (expected.Active, expected.Rights.Count).ShouldBe((false, 0));
    }

    [Fact]
    public void Who_has_left_keeps_nothing_and_who_is_suspended_keeps_rights_without_sign_in()
    {
        var left = Expect(View(IdentityStatus.Terminated, "IT", AccountStatus.Active, "group:IT")).ShouldNotBeNull();
        (left.Active, left.Rights.Count).ShouldBe((false, 0));
        var away = Expect(View(IdentityStatus.Suspended, "IT", AccountStatus.Active, "group:IT")).ShouldNotBeNull();
        away.Active.ShouldBeFalse();
        away.Rights.ShouldBe(["group:IT"]);
    }

    [Fact]
    public void A_right_whose_entitlement_does_not_hold_any_more_is_not_expected()
    {
        var moved = Expect(View(IdentityStatus.Active, "Sales", AccountStatus.Active, "group:IT")).ShouldNotBeNull();
        moved.Active.ShouldBeTrue();
        moved.Rights.ShouldBeEmpty();
    }

    [Fact]
    public void A_right_whose_time_has_passed_is_not_expected_and_named_as_expired()
    {
        var view = View(IdentityStatus.Suspended, "IT", AccountStatus.Disabled) with
        {
            Grants = [new Grant("t1", "group:Temporary", "it", "d", "owner", Now.AddDays(-2), Now.AddDays(-1)), new Grant("t1", "group:Later", "it", "d", "owner", Now, Now.AddDays(1))],
        };
        var expected = Expect(view).ShouldNotBeNull();
        expected.Rights.ShouldBe(["group:Later"]);
        expected.Expired.ShouldBe(["group:Temporary"]);
    }

    [Fact]
    public void A_deleted_account_is_no_account() =>
        Expect(View(IdentityStatus.Terminated, "IT", AccountStatus.Deleted)).ShouldBeNull();

    [Fact]
    public void A_target_that_is_only_observed_is_expected_to_be_as_if_it_were_enforced() =>
        Expect(View(IdentityStatus.Active, "Legal"), "t2").ShouldNotBeNull().Active.ShouldBeTrue();

    static ExpectedHolding? Expect(IdentityView view, string target = "t1")
    {
        PlanTarget[] targets = [.. Configuration.Targets.Values.Select(t => new PlanTarget(t, ["department", "displayName", "title"], HasGrants: true, HasSessions: true))];
        return new ExpectedState(target, Configuration, new RulePolicy(Configuration), targets).Of(view, NoManagers, Now);
    }

    static IdentityView View(IdentityStatus status, string department, AccountStatus? account = null, params string[] rights) => new(
        new IdentityRecord
        {
            Id = "hr-ada",
            Kind = IdentityKind.Person,
            Status = status,
            Anchors = [new Anchor("hr", "ada")],
            Attributes = new Dictionary<string, string> { ["userName"] = "ada@example.com", ["displayName"] = "Ada", ["department"] = department }
                .ToDictionary(a => a.Key, a => new AttributeValue(a.Value, "hr", Now)),
            CreatedAt = Now,
            UpdatedAt = Now,
        },
        account is { } known
            ? new Dictionary<string, Account> { ["t1"] = new("t1", "k1", "ada@example.com", known, new Dictionary<string, string> { ["displayName"] = "Ada", ["department"] = department }, "owner", Now) }
            : new Dictionary<string, Account>(),
        [.. rights.Select(right => new Grant("t1", right, "it", "d", "owner", Now))],
        []);
}
