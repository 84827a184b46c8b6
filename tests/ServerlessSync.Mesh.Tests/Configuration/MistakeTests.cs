using ServerlessSync.Mesh.Configuration;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Configuration;

public sealed class MistakeTests
{
    static readonly string[] LifecycleEvents = ["create", "update", "suspend", "delete"];

    [Fact]
    public void Five_mistakes_are_five_errors_in_the_order_of_the_file()
    {
        var yaml = MeshYaml.With(
            ("rate: 600/min", "rate: fast"),
            ("leaver: PT24H", "leaver: 24h"),
            ("suspend: hr, ", ""),
            ("risk: high", "risk: extreme"),
            ("scope: { kind: person, department", "scop: { kind: person, department"));

        var result = MeshConfigurationLoader.Load(yaml);

        result.Configuration.ShouldBeNull();
        result.Errors.Select(e => e.Path).ShouldBe(
            ["authority.person.lifecycle.suspend", "targets.warehouse.scop", "targets.warehouse.limit.rate", "entitlements[1].risk", "deadlines.leaver"]);
        result.Errors[2].Message.ShouldBe("expected a rate like 50/s or 600/min, got 'fast'");
        result.Errors[2].ToString().ShouldBe($"line {LineOf(yaml, "rate: fast")}: targets.warehouse.limit.rate: expected a rate like 50/s or 600/min, got 'fast'");
    }

    [Theory]
    [InlineData("organisation: example", "organisation: ''", "organisation", "expected text")]
    [InlineData("organisation: example", "organisation:", "organisation", "expected text, got nothing")]
    [InlineData("organisation: example", "organisation: null", "organisation", "expected text, got nothing")]
    [InlineData("organisation: example", "organization: example", "organization", "nearest known is 'organisation'")]
    [InlineData("owners: { default: identity-team }", "owners: { hr: people-ops }", "owners.default", "missing")]
    [InlineData("owners: { default: identity-team }", "", "owners", "missing")]
    [InlineData("kind: webhook\n    secrets: [env:HR_KEY]", "kind: pull\n    secrets: [env:HR_KEY]", "sources.hr.kind", "expected webhook, got 'pull'")]
    [InlineData("kind: webhook\n    secrets: [env:HR_KEY]", "kind: webhook\n    identity: robot\n    secrets: [env:HR_KEY]", "sources.hr.identity", "serviceAccount")]
    [InlineData("secrets: [env:HR_KEY]", "secrets: []", "sources.hr.secrets", "got 0")]
    [InlineData("secrets: [env:HR_KEY]", "secrets: [env:A, env:B, env:C]", "sources.hr.secrets", "got 3")]
    [InlineData("secrets: [env:HR_KEY]", "secrets: [env:HR_KEY]\n    tolerance: P1Y", "sources.hr.tolerance", "ISO 8601")]
    [InlineData("sequence: given", "sequence: maybe", "sources.hr.sequence", "given or none")]
    [InlineData("hired: changed", "hired: appeared", "sources.hr.events.hired", "changed or suspended or terminated or look")]
    [InlineData("map: { anchor: employee_id, ", "map: { ", "sources.hr.map.anchor", "missing")]
    [InlineData("map: { anchor: employee_id, ", "map: { ancor: employee_id, ", "sources.hr.map.ancor", "nearest known is 'anchor'")]
    [InlineData("  person:", "  persons:", "authority.persons", "nearest known is 'person'")]
    [InlineData("lifecycle:", "livecycle:", "authority.person.livecycle", "nearest known is 'lifecycle'")]
    [InlineData("userName: \"{login|lower}@example.com\", ", "", "sources.hr.map.userName", "missing")]
    [InlineData("department: \"{dept|table:departments}\"", "departement: dept", "sources.hr.map.departement", "nearest known is 'department'")]
    [InlineData("{dept|table:departments}", "{dept|table:divisions}", "sources.hr.map.department", "table:divisions")]
    [InlineData("{login|lower}", "{login|lower", "sources.hr.map.userName", "not closed")]
    [InlineData("create: hr, ", "create: finance, ", "authority.person.lifecycle.create", "unknown source")]
    [InlineData("attributes: { phone: badges }", "attributes: { phone: badge }", "authority.person.attributes.phone", "nearest is 'badges'")]
    [InlineData("attributes: { phone: badges }", "attributes: { shoeSize: hr }", "authority.person.attributes.shoeSize", "unknown attribute")]
    [InlineData("connector: scim", "connector: soap", "targets.saas.connector", "postgresql or scim")]
    [InlineData("http://127.0.0.1:9101/scim/v2", "not a url", "targets.saas.url", "https://host/scim/v2")]
    [InlineData("http://127.0.0.1:9101/scim/v2", "http://scim.example.com/v2", "targets.saas.url", "in clear")]
    [InlineData("postgresql://mesh@127.0.0.1:5432/warehouse", "postgresql://127.0.0.1:5432/warehouse", "targets.warehouse.url", "user")]
    [InlineData("department: [IT, Finance]", "departments: [IT, Finance]", "targets.warehouse.scope.departments", "nearest known is 'department'")]
    [InlineData("stage: enforce", "stage: write", "targets.warehouse.stage", "observe or enforce")]
    [InlineData("{userName|local}", "{user_name|local}", "targets.warehouse.userName", "nearest is 'userName'")]
    [InlineData("attributes: [displayName]", "attributes: [nickName]", "targets.warehouse.attributes[0]", "unknown attribute 'nickName'")]
    [InlineData("parallel: 4", "parallel: 0", "targets.warehouse.limit.parallel", "from 1 to")]
    [InlineData("attempts: 3", "attempts: many", "targets.warehouse.retry.attempts", "whole number")]
    [InlineData("factor: 1.5", "factor: 0.5", "targets.warehouse.retry.factor", "from 1 to 10")]
    [InlineData("longest: PT1M", "longest: PT0.1S", "targets.warehouse.retry.longest", "no shorter")]
    [InlineData("saas: \"group:Finance\"", "sass: \"group:Finance\"", "entitlements[0].grants.sass", "nearest is 'saas'")]
    [InlineData("\"group:Finance\"", "Finance", "entitlements[0].grants.saas", "group:Finance")]
    [InlineData("- { name: finance", "- { name: secrets", "entitlements[1].name", "already")]
    [InlineData("version: \"7\"", "", "policy.version", "missing")]
    [InlineData("default: deny", "default: ask", "policy.default", "allow or deny, got 'ask'")]
    [InlineData(", reason: Small.", "", "policy.rules[1].reason", "missing")]
    [InlineData("entitlement: secrets", "entitlement: secret", "policy.rules[0].when.entitlement", "secrets")]
    [InlineData("operation: grant", "operation: give", "policy.rules[1].when.operation", "grant")]
    [InlineData("guards: { default:", "guards: { update:", "guards.default", "missing")]
    [InlineData("percent: 5,", "percent: 500,", "guards.default.percent", "from 0 to 100")]
    [InlineData("roles: [viewer, operator]", "roles: [viewer, admin]", "api.keys[0].roles[1]", "viewer or operator or approver")]
    [InlineData("roles: [viewer, operator]", "roles: []", "api.keys[0].roles", "an empty list")]
    public void One_mistake_is_one_error_at_its_path(string right, string wrong, string path, string says)
    {
        var error = MeshConfigurationLoader.Load(MeshYaml.With((right, wrong))).Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe(path);
        error.Message.ShouldContain(says);
        error.Line.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Every_gap_in_authority_is_listed()
    {
        var yaml = MeshYaml.With(("lifecycle: { create: hr, update: hr, suspend: hr, delete: hr }", "lifecycle: { create: hr }"));

        MeshConfigurationLoader.Load(yaml).Errors.Select(e => e.Path).ShouldBe(
            ["authority.person.lifecycle.update", "authority.person.lifecycle.suspend", "authority.person.lifecycle.delete"]);
    }

    [Fact]
    public void A_kind_of_identity_in_use_needs_all_four_lifecycle_events()
    {
        var yaml = MeshYaml.With(("sequence: none", "sequence: none\n    identity: workload"), ("attributes: { phone: badges }", ""));

        MeshConfigurationLoader.Load(yaml).Errors.Select(e => e.Path).ShouldBe(
            LifecycleEvents.Select(e => $"authority.workload.lifecycle.{e}"));
    }

    [Fact]
    public void A_source_cannot_decide_about_a_kind_it_does_not_speak_of()
    {
        var yaml = MeshYaml.With(("sequence: none", "sequence: none\n    identity: agent"))
            .Replace("attributes: { phone: badges }", "attributes: { phone: badges }\n  agent:\n    lifecycle: { create: badges, update: badges, suspend: badges, delete: hr }", StringComparison.Ordinal);

        MeshConfigurationLoader.Load(yaml).Errors.Select(e => e.Path).ShouldBe(["authority.person.attributes.phone", "authority.agent.lifecycle.delete"]);
    }

    [Fact]
    public void A_list_where_a_mapping_belongs_is_one_error()
    {
        var error = MeshConfigurationLoader.Load(MeshYaml.With(("limit: { rate: 600/min, parallel: 4 }", "limit: [50/s]"))).Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe("targets.warehouse.limit");
        error.Message.ShouldBe("expected a mapping with rate, parallel");
    }

    static int LineOf(string yaml, string text) => yaml[..yaml.IndexOf(text, StringComparison.Ordinal)].Count(c => c == '\n') + 1;
}
