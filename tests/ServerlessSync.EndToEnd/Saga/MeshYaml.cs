using System.Globalization;
using System.Text;
using ServerlessSync.Mesh.Configuration;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>mesh.yaml for worlds of scripted targets, as text through the real loader.</summary>
static class MeshYaml
{
    /// <summary>Targets t1..tn, everybody in scope, and the entitlements given (each <c>name: target=right,...</c>; condition after '?').</summary>
    public static MeshConfiguration For(int targets, params string[] entitlements)
    {
        var yaml = new StringBuilder("""
            organisation: example
            owners: { default: identity-team }
            sources:
              hr:
                kind: webhook
                identity: person
                secrets: [env:HR_KEY_1]
                sequence: given
                events: { employee.changed: changed, employee.terminated: terminated }
                map: { anchor: employee_id, userName: user_name, displayName: name, department: department, manager: manager, title: title }
            authority:
              person:
                lifecycle: { create: hr, update: hr, suspend: hr, delete: hr }
                attributes: { department: hr, manager: hr }
            policy:
              version: "1"
              default: deny
              rules:
                - { name: never, effect: deny, when: { risk: high }, reason: High risk is given by people. }
                - { name: start, effect: allow, when: { operation: start }, reason: Operators may ask for a look. }
                - { name: all-else, effect: allow, when: { operation: [create, enable, update, grant] }, reason: Given by rule. }
            guards: { default: { percent: 50, count: 50, minimumPopulation: 20 } }
            deadlines: { leaver: PT24H, approval: P3D, exception: P7D, attempt: PT30S }
            targets:

            """);
        for (var target = 1; target <= targets; target++)
        {
            yaml.AppendLine(CultureInfo.InvariantCulture, $"  t{target}: {{ connector: scim, url: \"https://t{target}.example/scim\", credential: env:T, scope: {{ kind: person }}, stage: enforce, limit: {{ rate: 10000/s, parallel: 8 }}, retry: {{ attempts: 3, first: PT1S, factor: 2, longest: PT10S }}, attributes: [displayName, department, manager, title] }}");
        }

        yaml.AppendLine(entitlements.Length == 0 ? "entitlements: []" : "entitlements:");
        foreach (var entitlement in entitlements)
        {
            yaml.AppendLine(Entitlement(entitlement));
        }

        var result = MeshConfigurationLoader.Load(yaml.ToString());
        return result.Configuration ?? throw new InvalidOperationException(string.Join('\n', result.Errors));
    }

    /// <summary><c>finance: t1=group:Finance, t2=role:fin ? department=Finance ! high</c></summary>
    static string Entitlement(string text)
    {
        var risk = text.Contains('!', StringComparison.Ordinal) ? text[(text.IndexOf('!', StringComparison.Ordinal) + 1)..].Trim() : "low";
        text = text.Split('!')[0];
        var condition = text.Contains('?', StringComparison.Ordinal) ? text.Split('?')[1].Trim() : "kind=person";
        var name = text[..text.IndexOf(':', StringComparison.Ordinal)];
        var grants = text.Split('?')[0][(name.Length + 1)..].Split(',', StringSplitOptions.TrimEntries).GroupBy(g => g.Split('=')[0]);
        var written = string.Join(", ", grants.Select(g => $"{g.Key}: [{string.Join(", ", g.Select(right => $"\"{right.Split('=')[1]}\""))}]"));
        return $"  - {{ name: {name}, when: {{ {condition.Split('=')[0]}: \"{condition.Split('=')[1]}\" }}, risk: {risk}, grants: {{ {written} }} }}";
    }
}
