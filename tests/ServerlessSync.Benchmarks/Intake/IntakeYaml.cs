using ServerlessSync.Mesh.Configuration;

namespace ServerlessSync.Benchmarks.Intake;

/// <summary>mesh.yaml of the intake benchmark: one signed source, one target.</summary>
static class IntakeYaml
{
    public const string Source = "hr";

    public static MeshConfiguration Load()
    {
        var result = MeshConfigurationLoader.Load("""
            organisation: example
            owners: { default: identity-team }
            sources:
              hr:
                kind: webhook
                identity: person
                secrets: [env:HR_KEY]
                sequence: given
                events: { employee.changed: changed }
                map: { anchor: employee_id, userName: user_name, displayName: name, department: department, title: title }
            authority:
              person:
                lifecycle: { create: hr, update: hr, suspend: hr, delete: hr }
                attributes: { department: hr }
            policy:
              version: "1"
              default: deny
              rules:
                - { name: all, effect: allow, when: { operation: [create, enable, update, grant] }, reason: Given by rule. }
            guards: { default: { percent: 50, count: 50, minimumPopulation: 20 } }
            deadlines: { leaver: PT24H, approval: P3D, exception: P7D, attempt: PT30S }
            targets:
              quiet: { connector: scim, url: "https://quiet.example/scim", credential: env:T, scope: { kind: person }, stage: enforce, limit: { rate: 100000/s, parallel: 64 }, attributes: [displayName, department, title] }
            entitlements: []
            """);
        return result.Configuration ?? throw new InvalidOperationException(string.Join('\n', result.Errors));
    }
}
