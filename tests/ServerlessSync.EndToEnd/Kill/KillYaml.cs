namespace ServerlessSync.EndToEnd.Kill;

/// <summary>The mesh.yaml of these tests: two real targets, the entitlements of <see cref="ExpectedWorld"/>.</summary>
static class KillYaml
{
    const string Fixed = """
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
        targets:
          saas:
            connector: scim
            url: env:SAAS_URL
            credential: env:SAAS_TOKEN
            stage: enforce
            limit: { rate: 1000/s, parallel: 16 }
            retry: { attempts: 8, first: PT0.2S, factor: 2, longest: PT2S }
          warehouse:
            connector: postgresql
            url: env:WAREHOUSE_URL
            credential: env:WAREHOUSE_PASSWORD
            stage: enforce
            userName: "{userName|local}"
            limit: { rate: 1000/s, parallel: 8 }
            retry: { attempts: 8, first: PT0.2S, factor: 2, longest: PT2S }
        policy:
          version: "1"
          default: deny
          rules:
            - { name: everything, effect: allow, when: { operation: [create, enable, update, grant] }, reason: Given by rule. }
        guards: { default: { percent: 50, count: 50, minimumPopulation: 20 } }
        deadlines: { leaver: PT24H, approval: P3D, exception: P7D, attempt: PT4S }
        api: { keys: [{ name: test, key: env:OPS_KEY, roles: [viewer, operator] }] }
        entitlements:

        """;

    public static string Text => Fixed + string.Join('\n', ExpectedWorld.Entitlements.Select(Line)) + "\n";

    static string Line(Entitlement e)
    {
        var when = e.Department is null ? "kind: person" : $"department: {e.Department}";
        var warehouse = e.Role is null ? "" : $", warehouse: [\"role:{e.Role}\"]";
        return $"  - {{ name: {e.Name}, when: {{ {when} }}, risk: low, grants: {{ saas: [\"group:{e.Group}\"]{warehouse} }} }}";
    }
}
