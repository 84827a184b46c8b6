using ServerlessSync.Mesh.Configuration;
using ServerlessSync.TestKit;

namespace ServerlessSync.Mesh.Tests.Configuration;

/// <summary>A small mesh.yaml without mistakes, and the sample one.</summary>
static class MeshYaml
{
    public const string Small = """
        organisation: example
        owners: { default: identity-team }
        sources:
          hr:
            kind: webhook
            secrets: [env:HR_KEY]
            sequence: given
            events: { hired: changed, left: terminated }
            map: { anchor: employee_id, userName: "{login|lower}@example.com", department: "{dept|table:departments}" }
          badges:
            kind: webhook
            secrets: env:BADGES_KEY
            sequence: none
            events: { any: look }
            map: { anchor: id, userName: login }
        authority:
          person:
            lifecycle: { create: hr, update: hr, suspend: hr, delete: hr }
            attributes: { phone: badges }
        targets:
          saas:
            connector: scim
            url: http://127.0.0.1:9101/scim/v2
            credential: env:SAAS_TOKEN
          warehouse:
            connector: postgresql
            url: postgresql://mesh@127.0.0.1:5432/warehouse
            credential: env:WAREHOUSE_PASSWORD
            scope: { kind: person, department: [IT, Finance] }
            stage: enforce
            userName: "{userName|local}"
            attributes: [displayName]
            limit: { rate: 600/min, parallel: 4 }
            retry: { attempts: 3, first: PT0.5S, factor: 1.5, longest: PT1M }
        entitlements:
          - { name: finance, when: { department: Finance }, risk: low, grants: { saas: "group:Finance", warehouse: ["role:finance_ro"] } }
          - { name: secrets, when: { department: IT }, risk: high, grants: { saas: ["group:Secrets"] } }
        policy:
          version: "7"
          default: deny
          rules:
            - { name: no-secrets, effect: deny, when: { entitlement: secrets }, reason: By hand alone. }
            - { name: low-risk, effect: allow, when: { operation: grant, risk: [low, medium] }, reason: Small. }
            - { name: accounts, effect: allow, when: { operation: [create, update], kind: person }, reason: Everybody. }
        guards: { default: { percent: 5, count: 50, minimumPopulation: 20 }, grant: { percent: 12.5, count: 9, minimumPopulation: 0 } }
        deadlines: { leaver: PT24H, approval: P3D, exception: P7D, attempt: PT5S }
        tables: { departments: { 60: IT, 100: Finance } }
        api: { keys: [{ name: ops, key: env:OPS_KEY, roles: [viewer, operator] }] }
        """;

    public static string Sample { get; } = File.ReadAllText(RepositoryRoot.Combine("infra", "local", "mesh.yaml"));

    /// <summary>The small configuration with a text in it replaced; the text must be there.</summary>
    public static string With(params (string Old, string New)[] changes)
    {
        var yaml = Small;
        foreach (var (old, changed) in changes)
        {
            Assert.Contains(old, yaml, StringComparison.Ordinal);
            yaml = yaml.Replace(old, changed, StringComparison.Ordinal);
        }

        return yaml;
    }

    public static MeshConfiguration Load(string yaml)
    {
        var result = MeshConfigurationLoader.Load(yaml);
        Assert.Empty(result.Errors);
        return result.Configuration!;
    }
}
