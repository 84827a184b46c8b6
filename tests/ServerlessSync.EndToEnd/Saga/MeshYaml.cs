using ServerlessSync.Mesh.Configuration;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>mesh.yaml for worlds of scripted targets.</summary>
static class MeshYaml
{
    /// <summary>Targets t1..tn, everybody in scope, and the entitlements given (each <c>name: target=right,...</c>; condition after '?').</summary>
    public static MeshConfiguration For(int targets, params string[] entitlements) =>
        new HrYaml
        {
            Targets = Enumerable.Range(1, targets).Select(Target),
            Entitlements = entitlements.Select(Entitlement),
            Rules =
            [
                "{ name: never, effect: deny, when: { risk: high }, reason: High risk is given by people. }",
                "{ name: start, effect: allow, when: { operation: start }, reason: Operators may ask for a look. }",
                HrYaml.GiveAll,
            ],
        }.Load();

    static string Target(int number) => FormattableString.Invariant(
        $"t{number}: {{ connector: scim, url: \"https://t{number}.example/scim\", credential: env:T, scope: {{ kind: person }}, stage: enforce, limit: {{ rate: 10000/s, parallel: 8 }}, retry: {{ attempts: 3, first: PT1S, factor: 2, longest: PT10S }}, attributes: [displayName, department, manager, title] }}");

    /// <summary><c>finance: t1=group:Finance, t2=role:fin ? department=Finance ! high</c></summary>
    static string Entitlement(string text)
    {
        var risk = text.Contains('!', StringComparison.Ordinal) ? text[(text.IndexOf('!', StringComparison.Ordinal) + 1)..].Trim() : "low";
        text = text.Split('!')[0];
        var condition = text.Contains('?', StringComparison.Ordinal) ? text.Split('?')[1].Trim() : "kind=person";
        var name = text[..text.IndexOf(':', StringComparison.Ordinal)];
        var grants = text.Split('?')[0][(name.Length + 1)..].Split(',', StringSplitOptions.TrimEntries).GroupBy(g => g.Split('=')[0]);
        var written = string.Join(", ", grants.Select(g => $"{g.Key}: [{string.Join(", ", g.Select(right => $"\"{right.Split('=')[1]}\""))}]"));
        return $"{{ name: {name}, when: {{ {condition.Split('=')[0]}: \"{condition.Split('=')[1]}\" }}, risk: {risk}, grants: {{ {written} }} }}";
    }
}
