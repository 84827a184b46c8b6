namespace ServerlessSync.EndToEnd.Kill;

/// <summary>A mesh.yaml with nothing to keep true: what is measured against is the record alone.</summary>
static class FloodYaml
{
    public const string Text = """
        organisation: example
        owners: { default: identity-team }
        sources:
          hr:
            kind: webhook
            identity: person
            secrets: [env:HR_KEY_1]
            sequence: given
            tolerance: PT5M
            envelope: { id: id, type: type, sequence: sequence, occurredAt: timestamp, data: data }
            events: { employee.hired: changed, employee.changed: changed, employee.terminated: terminated }
            map: { anchor: employee_id, userName: user_name, displayName: name, department: department, title: title }
        authority:
          person:
            lifecycle: { create: hr, update: hr, suspend: hr, delete: hr }
            attributes: { department: hr }
        targets: { saas: { connector: scim, url: "http://127.0.0.1:1/scim/v2", credential: env:OPS_KEY, stage: observe } }
        policy: { version: "1", default: deny, rules: [] }
        guards: { default: { percent: 50, count: 50, minimumPopulation: 20 } }
        deadlines: { leaver: PT24H, approval: P3D, exception: P7D, attempt: PT4S }
        api: { keys: [{ name: test, key: env:OPS_KEY, roles: [viewer, operator] }] }
        entitlements: []
        """;
}
