using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Tests.Configuration;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Policy;

public sealed class SamplePolicyTests
{
    static readonly MeshConfiguration Sample = MeshYaml.Load(MeshYaml.Sample);

    [Fact]
    public void Every_entitlement_but_payroll_admin_is_allowed()
    {
        var policy = new RulePolicy(Sample);

        var denied = Sample.Entitlements.Where(e => e.Grants.Keys.Any(target => !policy.Decide(GrantOf(e, target)).Allow)).Select(e => e.Name);

        denied.ShouldBe(["payroll-admin"]);
    }

    [Fact]
    public void The_denied_entitlement_says_why() =>
        new RulePolicy(Sample).Decide(GrantOf(Sample.Entitlements.Single(e => e.Name == "payroll-admin"), "saas")).Reason.ShouldContain("payroll board");

    static PolicyRequest GrantOf(EntitlementConfiguration entitlement, string target) => new()
    {
        Operation = "grant",
        Target = target,
        Entitlement = entitlement.Name,
        Risk = entitlement.Risk,
        IdentityId = "hr:203",
        Inputs = new Dictionary<string, string> { ["kind"] = "person" },
    };
}
